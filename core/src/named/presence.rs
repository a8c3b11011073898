//! A named cache hears its bus before any of its functions was called, so that the first one finds it
//! connected.

use alloc::sync::Arc;

use super::settings::Shared;
use crate::bus::{Bus, Hear, Hearing, Notice};
use crate::readiness::Readiness;
use crate::sync::Mutex;

/// A subscription of nobody's entries.
pub(super) struct Presence {
    readiness: Arc<Readiness>,
    hearing: Mutex<Option<Hearing>>,
}

impl Presence {
    /// Subscribes, where there is a bus.
    pub(super) fn on(bus: Option<&Shared<dyn Bus>>) -> Self {
        let readiness = Arc::new(Readiness::new());
        let told = readiness.clone();
        let hear: Hear = Arc::new(move |notice| match notice {
            Notice::Lost => told.lose(),
            Notice::Restored => told.restore(),
            Notice::Message(_) => {}
        });
        let hearing = bus.map(|bus| bus.subscribe(hear));
        Presence { readiness, hearing: Mutex::new(hearing) }
    }

    /// Waits until the bus hears, or until this has ended.
    pub(super) async fn ready(&self) {
        self.readiness.wait().await;
    }

    pub(super) fn end(&self) {
        let gone = self.hearing.lock().take();
        drop(gone); // the bus's own code runs unlocked
        self.readiness.end();
    }
}
