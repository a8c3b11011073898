//! What `tracing` is told, kept.

use std::sync::{Arc, Mutex};

use tracing_subscriber::layer::{Context, Layer};

/// Collects the events with one target, as their level and fields.
#[derive(Clone)]
pub(crate) struct Heard {
    target: &'static str,
    events: Arc<Mutex<Vec<String>>>,
}

impl Heard {
    pub(crate) fn of(target: &'static str) -> Self {
        Heard { target, events: Arc::default() }
    }

    pub(crate) fn events(&self) -> Vec<String> {
        self.events.lock().expect("nobody panics").clone()
    }
}

impl<S: tracing::Subscriber> Layer<S> for Heard {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        struct Fields(String);
        impl tracing::field::Visit for Fields {
            fn record_debug(&mut self, field: &tracing::field::Field, value: &dyn std::fmt::Debug) {
                self.0.push_str(&format!("{field}={value:?} "));
            }
        }
        if event.metadata().target() == self.target {
            let mut fields = Fields(format!("{} ", event.metadata().level()));
            event.record(&mut fields);
            self.events.lock().expect("nobody panics").push(fields.0);
        }
    }
}
