//! What of a configuration may change while the program runs, and what is refused.

use cachefn_core::Error;
use serde::Serialize;
use serde_json::Value;

use super::auditing::process;
use super::face::Registry;
use crate::audit::{AuditEvent, What};
use crate::config::{CacheType, Config, Period, Service};

/// What became of a new configuration.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Reloaded {
    /// What holds from now on.
    pub changed: Vec<Change>,
    /// What stays as it was.
    pub refused: Vec<Refusal>,
}

/// A setting that is another one now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Change {
    /// The setting, such as `services.users.ttl`.
    pub path: String,
    /// What it was.
    pub from: String,
    /// What it is.
    pub to: String,
}

/// A setting that stays as it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Refusal {
    /// The setting, such as `services.users.policy`.
    pub path: String,
    /// Why.
    pub reason: String,
}

impl Registry {
    /// Takes over what may change while the program runs: how long entries live (`ttl`, `l1.ttl`, `l2.ttl`) and how
    /// many memory holds (`l1.max_entries`). All else stays, and is told with the reason. Entries that are there keep
    /// their lives; those that are too many leave at once.
    ///
    /// ```
    /// # use cachefn::{config::Config, registry::Registry};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let registry = Registry::open(Config::read("[services.users]\nttl = \"10m\"\n")?).await?;
    /// let config = Config::read("[services.users]\nttl = \"5m\"\npolicy = \"lru\"\n")?;
    /// let reloaded = registry.reload(&config);
    /// assert_eq!((&*reloaded.changed[0].path, &*reloaded.changed[0].to), ("services.users.ttl", "5m"));
    /// assert_eq!(reloaded.refused[0].path, "services.users.policy");
    /// # Ok(()) }
    /// ```
    pub fn reload(&self, new: &Config) -> Reloaded {
        let mut told = Reloaded::default();
        let mut config = self.lock_config();
        if (&config.global.audit, config.global.codec, config.global.metrics)
            != (&new.global.audit, new.global.codec, new.global.metrics)
            || config.global.require_storage != new.global.require_storage
            || config.global.health_check_interval != new.global.health_check_interval
        {
            told.refuse("global", LATER);
        }
        for name in new.services.keys().filter(|name| !config.services.contains_key(*name)) {
            told.refuse(
                &format!("services.{name}"),
                "it is new, and services are opened when the program starts",
            );
        }
        for (name, held) in &mut config.services {
            let path = format!("services.{name}");
            match (new.services.get(name), self.service(name)) {
                (Some(wanted), Some(service)) => {
                    let apply = |limit: Limit| {
                        let (ttl, memory_ttl, max_entries) = match limit {
                            Limit::Outside(ttl) => (Some(ttl.0), None, None),
                            Limit::Inside(ttl) => (None, Some(ttl.0), None),
                            Limit::Entries(most) => (None, None, Some(most)),
                        };
                        service.named().change_limits(ttl, memory_ttl, max_entries)
                    };
                    one(&path, held, wanted, apply, &mut told);
                }
                _ => told.refuse(&path, "it is gone, and services are ended when the program does"),
            }
        }
        drop(config);
        self.write_down(&told);
        told
    }

    fn write_down(&self, told: &Reloaded) {
        for Change { path, from, to } in &told.changed {
            let event = AuditEvent::new(What::Configure, self.service_of(path), process());
            self.audit().tell(event.detail(format!("{path}: {from} became {to}")));
        }
        for Refusal { path, reason } in &told.refused {
            let event = AuditEvent::new(What::Refuse, self.service_of(path), process());
            self.audit().warn(event.detail(format!("{path}: {reason}")));
        }
    }

    /// The service of a setting; one that is new, or gone from here, may have dots in its name, too.
    fn service_of<'p>(&self, path: &'p str) -> &'p str {
        let Some(rest) = path.strip_prefix("services.") else { return "" };
        let is_of = |name: &str| rest.strip_prefix(name).is_some_and(|rest| rest.starts_with('.'));
        let own = self.services().filter(|name| is_of(name));
        own.map(str::len).max().map_or(rest, |length| &rest[..length])
    }
}

impl Reloaded {
    /// Whether nothing differed from what held already.
    pub fn is_empty(&self) -> bool {
        self.changed.is_empty() && self.refused.is_empty()
    }

    fn refuse(&mut self, path: &str, reason: &str) {
        self.refused.push(Refusal { path: path.into(), reason: reason.into() });
    }
}

/// A limit that may change.
enum Limit {
    Outside(Period),
    Inside(Period),
    Entries(usize),
}

/// Takes over one service.
fn one(
    path: &str,
    held: &mut Service,
    wanted: &Service,
    apply: impl Fn(Limit) -> Result<(), Error>,
    told: &mut Reloaded,
) {
    let outside = |service: &Service| service.l2.as_ref().and_then(|l2| l2.ttl).or(service.ttl);
    let shown = |period: Option<Period>| period.map_or("none".into(), |period| period.to_string());
    let (before, after) = (outside(held), outside(wanted));
    let is_l2 = wanted.l2.as_ref().is_some_and(|l2| l2.ttl.is_some());
    let name = if is_l2 { "l2.ttl" } else { "ttl" };
    if before != after {
        let applied = after.map(|ttl| apply(Limit::Outside(ttl)));
        if told.is_applied(&format!("{path}.{name}"), applied, shown(before), shown(after)) {
            held.ttl = wanted.ttl;
            if let (Some(held), Some(wanted)) = (&mut held.l2, &wanted.l2) {
                held.ttl = wanted.ttl;
            }
        }
    }
    if held.l1.ttl != wanted.l1.ttl && held.cache_type == CacheType::TwoLevel {
        let applied = wanted.l1.ttl.map(|ttl| apply(Limit::Inside(ttl)));
        let texts = (shown(held.l1.ttl), shown(wanted.l1.ttl));
        if told.is_applied(&format!("{path}.l1.ttl"), applied, texts.0, texts.1) {
            held.l1.ttl = wanted.l1.ttl;
        }
    }
    if held.l1.max_entries != wanted.l1.max_entries {
        let shown = |most: Option<usize>| most.map_or("none".into(), |most| most.to_string());
        let applied = wanted.l1.max_entries.map(|most| apply(Limit::Entries(most)));
        let texts = (shown(held.l1.max_entries), shown(wanted.l1.max_entries));
        if told.is_applied(&format!("{path}.l1.max_entries"), applied, texts.0, texts.1) {
            held.l1.max_entries = wanted.l1.max_entries;
        }
    }
    rest(path, held, wanted, told);
}

impl Reloaded {
    fn is_applied(
        &mut self,
        path: &str,
        applied: Option<Result<(), Error>>,
        from: String,
        to: String,
    ) -> bool {
        match applied {
            Some(Ok(())) => {
                self.changed.push(Change { path: path.into(), from, to });
                true
            }
            Some(Err(error)) => {
                self.refuse(path, error.to_string().trim_start_matches("change: "));
                false
            }
            None => {
                self.refuse(
                    path,
                    "it is gone, and a limit that was there stays until the program starts again",
                );
                false
            }
        }
    }
}

/// All settings that differ besides.
fn rest(path: &str, held: &Service, wanted: &Service, told: &mut Reloaded) {
    let (mut held, mut wanted) = (held.clone(), wanted.clone());
    for service in [&mut held, &mut wanted] {
        (service.ttl, service.l1.max_entries) = (None, None);
        if service.cache_type != CacheType::L2 {
            service.l1.ttl = None; // where memory keeps nothing, nothing was taken over above
        }
        service.l2.iter_mut().for_each(|l2| l2.ttl = None);
    }
    if held == wanted {
        return;
    }
    let json = |service: &Service| serde_json::to_value(service).unwrap_or_default();
    let mut paths = Vec::new();
    differing(path, &json(&held), &json(&wanted), &mut paths);
    if paths.is_empty() {
        // What is hidden differs.
        paths.push(format!("{path}.l2"));
    }
    paths.iter().for_each(|path| told.refuse(path, LATER));
}

fn differing(path: &str, held: &Value, wanted: &Value, paths: &mut Vec<String>) {
    match (held, wanted) {
        (Value::Object(held), Value::Object(wanted)) => {
            for (key, value) in wanted {
                let before = held.get(key).unwrap_or(&Value::Null);
                differing(&format!("{path}.{key}"), before, value, paths);
            }
        }
        _ if held != wanted => paths.push(path.into()),
        _ => {}
    }
}

const LATER: &str = "it holds when the program starts again";
