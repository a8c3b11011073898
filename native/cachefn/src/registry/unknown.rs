//! Names of caches for which functions ask and that nobody has set up: such a function has its memory alone, which
//! nothing else shows.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use cachefn_core::{NamedCache, Subscription};

use crate::config::nearest;

/// The names that a registry has heard of. Each is told to `tracing` once.
pub(super) struct Unknown {
    names: Arc<Mutex<BTreeSet<String>>>,
    _subscription: Subscription<String>,
}

impl Unknown {
    /// From now on, and of before. A registry whose services functions do not find tells of their names alone.
    pub(super) fn heard(services: Vec<String>, everywhere: bool) -> Self {
        let names: Arc<Mutex<BTreeSet<String>>> = Arc::default();
        let kept = names.clone();
        let _subscription = NamedCache::subscribe(move |event| {
            let Some(name) = &event.key else { return };
            let is_ours = services.contains(name);
            if NamedCache::named(name).is_some() || !(everywhere || is_ours) {
                return;
            }
            let hint = match is_ours {
                true => ALONE.into(),
                false => unknown(name, services.iter().map(String::as_str)),
            };
            let known = services.join(", ");
            tracing::warn!(target: TARGET, %name, %known, "a function has its memory alone: {hint}");
            kept.lock().unwrap_or_else(PoisonError::into_inner).insert(name.clone());
        });
        Unknown { names, _subscription }
    }

    /// Those that are unknown still.
    pub(super) fn names(&self) -> Vec<String> {
        let names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        names.iter().filter(|name| NamedCache::named(name).is_none()).cloned().collect()
    }
}

impl fmt::Debug for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.names()).finish()
    }
}

/// That there is no service of this name, and which there are.
pub(super) fn unknown<'n>(name: &str, services: impl Iterator<Item = &'n str>) -> String {
    let names: Vec<&str> = services.collect();
    let hint = match nearest(name, names.iter().copied()) {
        Some(near) => format!("did you mean {near}?"),
        None if names.is_empty() => "the configuration names none".into(),
        None => format!("there are {}", names.join(", ")),
    };
    format!("there is no service {name}; {hint}")
}

/// The target of the `tracing` events.
const TARGET: &str = "cachefn::registry";
const ALONE: &str = "a registry has a service of this name, and functions do not find it; open it with open_everywhere \
                     or init, or run them within with_cache";
