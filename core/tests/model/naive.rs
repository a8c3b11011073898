//! A cache so simple that it cannot be wrong, written from the rules alone.
//!
//! It has no capacity and no policy: whoever drives it says which entries the real cache evicted.
//! An entry that died stays, unreachable, until the real cache says that it left.

use std::collections::BTreeMap;

use super::glob;
use super::operation::Entry;

/// An event: kind, key, cause, count.
pub(crate) type Told = (&'static str, Option<String>, Option<&'static str>, Option<u64>);

/// What is counted, apart from entries that leave.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) hits: u64,
    pub(crate) misses: u64,
    pub(crate) loads: u64,
    pub(crate) load_failures: u64,
    pub(crate) sets: u64,
    pub(crate) deletes: u64,
    pub(crate) invalidations: u64,
    pub(crate) fenced: u64,
    pub(crate) evictions: u64,
    pub(crate) expirations: u64,
}

#[derive(Default)]
pub(crate) struct Naive {
    pub(crate) now: u64,
    pub(crate) counts: Counts,
    /// The events that must have come, in order.
    pub(crate) told: Vec<Told>,
    pub(crate) bodies: BTreeMap<String, Body>,
    ttl: Option<u64>,
    loads: Vec<Load>,
}

/// One entry, alive or dead.
pub(crate) struct Body {
    value: u64,
    /// Dead from this millisecond on.
    due: u64,
    tags: Vec<&'static str>,
    revoked: bool,
}

/// One running fetcher.
struct Load {
    key: String,
    tags: Vec<&'static str>,
    fenced: bool,
}

impl Naive {
    pub(crate) fn new(ttl: Option<u64>) -> Self {
        Naive { ttl, ..Naive::default() }
    }

    pub(crate) fn peek(&self, key: &str) -> Option<u64> {
        let body = self.bodies.get(key)?;
        self.death(body).is_none().then_some(body.value)
    }

    pub(crate) fn get(&mut self, key: &str) -> Option<u64> {
        let value = self.peek(key);
        let (kind, count) = match value {
            Some(_) => ("hit", &mut self.counts.hits),
            None => ("miss", &mut self.counts.misses),
        };
        *count += 1;
        self.tell(kind, key, None);
        value
    }

    pub(crate) fn set(&mut self, key: &str, value: u64, entry: &Entry) {
        self.fence(|load| load.key == key);
        self.store(key, value, entry);
    }

    pub(crate) fn delete(&mut self, key: &str) -> bool {
        self.fence(|load| load.key == key);
        let was_alive = self.peek(key).is_some();
        self.counts.deletes += u64::from(was_alive);
        self.leave(key, "deleted");
        was_alive
    }

    pub(crate) fn clear(&mut self) {
        self.fence(|_| true);
        for key in self.bodies.keys().cloned().collect::<Vec<_>>() {
            self.leave(&key, "cleared");
        }
    }

    pub(crate) fn invalidate_by_tag(&mut self, tag: &str) {
        self.fence(|load| load.tags.contains(&tag));
        for body in self.bodies.values_mut().filter(|body| body.tags.contains(&tag)) {
            body.revoked = true;
        }
        self.counts.invalidations += 1;
        self.told.push(("invalidate", None, None, None));
    }

    pub(crate) fn invalidate_by_pattern(&mut self, pattern: &str) -> usize {
        self.fence(|load| glob::matches(pattern, &load.key) == Some(true));
        let keys = self.living(pattern);
        keys.iter().for_each(|key| self.leave(key, "pattern"));
        self.counts.invalidations += 1;
        self.told.push(("invalidate", None, None, Some(keys.len() as u64)));
        keys.len()
    }

    /// The living keys that match, sorted; nothing dead is left afterwards.
    pub(crate) fn keys(&mut self, pattern: &str) -> Vec<String> {
        let dead = self.bodies.iter().filter(|(_, body)| self.death(body).is_some());
        let dead: Vec<String> = dead.map(|(key, _)| key.clone()).collect();
        dead.iter().for_each(|key| self.leave(key, "alive"));
        self.living(pattern)
    }

    /// Begins a load after a miss; `None` when this thread is loading the key already.
    pub(crate) fn begin(&mut self, key: &str, entry: &Entry) -> Option<usize> {
        if self.loads.iter().any(|load| load.key == key && !load.fenced) {
            self.tell("error", key, Some("reentrant"));
            return None;
        }
        self.loads.push(Load { key: key.into(), tags: entry.tags.clone(), fenced: false });
        Some(self.loads.len() - 1)
    }

    /// Ends the load that began last, with its value unless it failed.
    pub(crate) fn end(&mut self, load: usize, value: Option<u64>, entry: &Entry) {
        let Load { key, fenced, .. } = self.loads.remove(load);
        match value {
            None => {
                self.counts.load_failures += 1;
                self.tell("error", &key, Some("load-failed"));
            }
            Some(value) => {
                self.counts.loads += 1;
                self.tell("load", &key, None);
                match fenced {
                    true => self.counts.fenced += 1,
                    false => self.store(&key, value, entry),
                }
            }
        }
    }

    /// The real cache let an entry go by itself; whether that was right.
    pub(crate) fn left(&mut self, key: &str, cause: &'static str) -> bool {
        let Some(body) = self.bodies.get(key) else { return false };
        if self.death(body).unwrap_or("evicted") != cause {
            return false;
        }
        self.leave(key, "evicted");
        self.told.pop();
        true
    }

    fn store(&mut self, key: &str, value: u64, entry: &Entry) {
        let ttl = entry.ttl_ms.or(self.ttl);
        if self.peek(key).is_none() || ttl == Some(0) {
            self.leave(key, "deleted"); // or what it died of
        }
        if ttl == Some(0) {
            return;
        }
        self.counts.sets += 1;
        let due = ttl.map_or(u64::MAX, |ttl| self.now.saturating_add(ttl));
        let body = Body { value, due, tags: entry.tags.clone(), revoked: false };
        let replaced = self.bodies.insert(key.into(), body).is_some();
        self.tell("set", key, replaced.then_some("replaced"));
    }

    /// What an entry died of, unless it lives.
    fn death(&self, body: &Body) -> Option<&'static str> {
        match body {
            Body { revoked: true, .. } => Some("tag"),
            Body { due, .. } if self.now >= *due && *due != u64::MAX => Some("expired"),
            _ => None,
        }
    }

    fn leave(&mut self, key: &str, cause: &'static str) {
        let Some(body) = self.bodies.remove(key) else { return };
        let cause = self.death(&body).unwrap_or(cause);
        self.counts.evictions += u64::from(cause == "evicted");
        self.counts.expirations += u64::from(cause == "expired");
        let kind = match cause {
            "evicted" => "eviction",
            "expired" => "expire",
            _ => "delete",
        };
        self.tell(kind, key, Some(cause));
    }

    fn living(&self, pattern: &str) -> Vec<String> {
        let living = self.bodies.iter().filter(|(_, body)| self.death(body).is_none());
        let keys = living.map(|(key, _)| key.clone());
        keys.filter(|key| glob::matches(pattern, key) == Some(true)).collect()
    }

    fn fence(&mut self, fenced: impl Fn(&Load) -> bool) {
        for load in &mut self.loads {
            load.fenced |= fenced(load);
        }
    }

    fn tell(&mut self, kind: &'static str, key: &str, cause: Option<&'static str>) {
        self.told.push((kind, Some(key.into()), cause, None));
    }
}
