//! A cache so simple that it cannot be wrong, written from the rules alone.
//!
//! It has no capacity and no policy: whoever drives it says which entries the real cache evicted.
//! An entry that died stays, unreachable, until the real cache says that it left.

use std::collections::BTreeMap;

use super::glob;
use super::operation::{Entry, Late, Life, Way};

/// An event: kind, key, cause, count.
pub(crate) type Told = (&'static str, Option<String>, Option<&'static str>, Option<u64>);

/// What is counted.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) hits: u64,
    pub(crate) misses: u64,
    pub(crate) stale_hits: u64,
    pub(crate) stale_on_error: u64,
    pub(crate) loads: u64,
    pub(crate) load_failures: u64,
    pub(crate) load_ms: u64,
    pub(crate) sets: u64,
    pub(crate) deletes: u64,
    pub(crate) invalidations: u64,
    pub(crate) fenced: u64,
    pub(crate) evictions: u64,
    pub(crate) too_heavy: u64,
    pub(crate) expirations: u64,
}

#[derive(Default)]
pub(crate) struct Naive {
    pub(crate) now: u64,
    pub(crate) counts: Counts,
    /// The events that must have come, in order.
    pub(crate) told: Vec<Told>,
    pub(crate) bodies: BTreeMap<String, Body>,
    life: Life,
    max_weight: Option<u64>,
    loads: Vec<Load>,
}

/// A value, and what it weighs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Value {
    pub(crate) id: u64,
    pub(crate) weight: u64,
}

/// One entry, alive or dead.
pub(crate) struct Body {
    value: Value,
    /// Not fresh from this millisecond on, and for how long after it of what use.
    fresh_until: u64,
    revalidates_for: u64,
    bridges_for: u64,
    /// Dead from this millisecond on, unless it is used before; and for how long a use is good.
    idle_until: u64,
    idle_for: u64,
    tags: Vec<&'static str>,
    revoked: bool,
}

/// One running fetcher.
struct Load {
    key: String,
    entry: Entry,
    began: u64,
    /// The stale value that is fetched anew, and for how long it may still stand in for a failure.
    previous: Option<(u64, u64)>,
    fenced: bool,
    /// The tags that were invalidated since it began: it may name its own late.
    invalidated: Vec<&'static str>,
}

/// How a miss goes on.
pub(crate) enum Turn {
    /// The stale value, while another fetches.
    Stale(u64),
    /// A load of this number, with the previous value.
    Lead(usize, Option<u64>),
    /// This thread loads the key already: the fetcher runs beside that, uncached.
    Reentrant,
}

/// The state of an entry at one moment.
#[derive(PartialEq, Eq)]
enum State {
    Fresh,
    /// For so long.
    Stale(u64),
    Dead(&'static str),
}

impl Naive {
    pub(crate) fn new(life: Life, max_weight: Option<u64>) -> Self {
        Naive { life, max_weight, ..Naive::default() }
    }

    pub(crate) fn peek(&self, key: &str) -> Option<u64> {
        let body = self.bodies.get(key)?;
        (self.state(body) == State::Fresh).then_some(body.value.id)
    }

    pub(crate) fn get(&mut self, key: &str) -> Option<u64> {
        let value = self.peek(key);
        match (value, self.bodies.get_mut(key)) {
            (Some(_), Some(body)) => {
                body.idle_until = self.now.saturating_add(body.idle_for);
                self.counts.hits += 1;
                self.tell("hit", key, None);
            }
            _ => {
                self.counts.misses += 1;
                self.tell("miss", key, None);
            }
        }
        value
    }

    /// Whether it was stored, or left out on purpose: not whether it was too heavy.
    pub(crate) fn set(&mut self, key: &str, value: Value, entry: &Entry) -> bool {
        self.fence(|load| load.key == key);
        self.store(key, value, entry)
    }

    pub(crate) fn set_if_absent(&mut self, key: &str, value: Value) -> Option<bool> {
        match self.peek(key) {
            Some(_) => Some(false),
            None => self.set(key, value, &Entry::default()).then_some(true),
        }
    }

    /// The value afterwards, unless it was too heavy.
    pub(crate) fn update(&mut self, key: &str, new: Option<Value>) -> Option<Option<u64>> {
        self.fence(|load| load.key == key);
        let old = self.peek(key);
        match (old, new) {
            (Some(_), None) => {
                self.counts.deletes += 1;
                self.leave(key, "deleted");
            }
            (Some(_), Some(value)) if self.is_too_heavy(value) => {
                self.refuse(key);
                return None;
            }
            (Some(_), Some(value)) => {
                self.counts.sets += 1;
                if let Some(body) = self.bodies.get_mut(key) {
                    body.value = value;
                    body.idle_until = self.now.saturating_add(body.idle_for);
                }
                self.tell("set", key, Some("replaced"));
            }
            (None, Some(value)) if !self.store(key, value, &Entry::default()) => return None,
            (None, _) => {}
        }
        Some(new.map(|value| value.id))
    }

    pub(crate) fn delete(&mut self, key: &str) -> bool {
        self.fence(|load| load.key == key);
        let was_alive = self.bodies.get(key).is_some_and(|body| self.is_alive(body));
        self.counts.deletes += u64::from(was_alive);
        self.leave(key, "deleted");
        was_alive
    }

    /// Whether it was fresh.
    pub(crate) fn expire(&mut self, key: &str) -> bool {
        self.fence(|load| load.key == key);
        let was_fresh = self.peek(key).is_some();
        if was_fresh {
            self.make_stale(key);
        }
        was_fresh
    }

    pub(crate) fn clear(&mut self) {
        self.fence(|_| true);
        for key in self.bodies.keys().cloned().collect::<Vec<_>>() {
            self.leave(&key, "cleared");
        }
    }

    pub(crate) fn invalidate_by_tag(&mut self, tag: &'static str, way: Way) {
        for load in &mut self.loads {
            load.fenced |= load.entry.tags.contains(&tag);
            load.invalidated.push(tag);
        }
        for body in self.bodies.values_mut().filter(|body| body.tags.contains(&tag)) {
            match way {
                Way::Remove => body.revoked = true,
                Way::Expire => body.fresh_until = body.fresh_until.min(self.now),
            }
        }
        self.counts.invalidations += 1;
        self.told.push(("invalidate", None, None, None));
    }

    pub(crate) fn invalidate_by_pattern(&mut self, pattern: &str, way: Way) -> usize {
        self.fence(|load| glob::matches(pattern, &load.key) == Some(true));
        let keys = self.matching(pattern, |naive, body| naive.is_alive(body));
        for key in &keys {
            match way {
                Way::Remove => self.leave(key, "pattern"),
                Way::Expire if self.peek(key).is_some() => self.make_stale(key),
                Way::Expire => {}
            }
        }
        self.counts.invalidations += 1;
        self.told.push(("invalidate", None, None, Some(keys.len() as u64)));
        keys.len()
    }

    /// The fresh keys that match, sorted; nothing dead is left afterwards.
    pub(crate) fn keys(&mut self, pattern: &str) -> Vec<String> {
        self.purge();
        self.matching(pattern, |naive, body| naive.state(body) == State::Fresh)
    }

    pub(crate) fn len(&mut self) -> usize {
        self.purge();
        self.bodies.len()
    }

    /// How many dead entries left.
    pub(crate) fn purge(&mut self) -> usize {
        let dead = self.matching("*", |naive, body| !naive.is_alive(body));
        dead.iter().for_each(|key| self.leave(key, "alive"));
        dead.len()
    }

    /// What a miss of `get_or_fetch` does next.
    pub(crate) fn begin(&mut self, key: &str, entry: &Entry) -> Turn {
        let stale = self.bodies.get(key).and_then(|body| match self.state(body) {
            State::Stale(since) => Some((body, since)),
            _ => None,
        });
        let previous =
            stale.map(|(body, since)| (body.value.id, body.bridges_for.saturating_sub(since)));
        if self.loads.iter().any(|load| load.key == key && !load.fenced) {
            if let Some((body, _)) = stale.filter(|(body, since)| *since < body.revalidates_for) {
                let value = body.value.id;
                self.counts.stale_hits += 1;
                self.tell("stale", key, None);
                return Turn::Stale(value);
            }
            self.tell("error", key, Some("reentrant"));
            return Turn::Reentrant;
        }
        self.loads.push(Load {
            key: key.into(),
            entry: entry.clone(),
            began: self.now,
            previous,
            fenced: false,
            invalidated: Vec::new(),
        });
        Turn::Lead(self.loads.len() - 1, previous.map(|(value, _)| value))
    }

    /// Ends the load that began last, with its value unless it failed; what the caller gets.
    pub(crate) fn end(&mut self, load: usize, value: Option<Value>, late: &Late) -> Option<u64> {
        let Load { key, mut entry, began, previous, fenced, invalidated } = self.loads.remove(load);
        let took = self.now - began;
        self.counts.load_ms += took;
        let Some(value) = value else {
            self.counts.load_failures += 1;
            self.tell("error", &key, Some("load-failed"));
            let is_left = self.bodies.get(&key).is_some_and(|body| self.is_alive(body));
            let bridge = previous.filter(|(_, left)| took < *left && is_left);
            let (previous, _) = bridge.filter(|_| !fenced)?;
            self.counts.stale_on_error += 1;
            self.tell("stale", &key, Some("load-failed"));
            return Some(previous);
        };
        self.counts.loads += 1;
        self.tell("load", &key, None);
        let overtaken = fenced || late.tag.is_some_and(|tag| invalidated.contains(&tag));
        if overtaken {
            self.counts.fenced += 1;
        } else if !late.skips {
            entry.tags.extend(late.tag);
            entry.life.ttl = late.ttl.or(entry.life.ttl);
            self.store(&key, value, &entry);
        }
        Some(value.id)
    }

    /// The real cache let an entry go by itself; whether that was right.
    pub(crate) fn left(&mut self, key: &str, cause: &'static str) -> bool {
        let Some(body) = self.bodies.get(key) else { return false };
        let own = match self.state(body) {
            State::Dead(cause) => cause,
            State::Fresh | State::Stale(_) => "evicted",
        };
        if own != cause {
            return false;
        }
        self.leave(key, "evicted");
        self.told.pop();
        true
    }

    pub(crate) fn weight(&self) -> u64 {
        self.bodies.values().map(|body| body.value.weight).sum()
    }

    fn store(&mut self, key: &str, value: Value, entry: &Entry) -> bool {
        if self.is_too_heavy(value) {
            self.refuse(key);
            return false;
        }
        let (own, general) = (entry.life, self.life);
        let (ttl, tti) = (own.ttl.or(general.ttl), own.tti.or(general.tti));
        let nothing = ttl == Some(0) || tti == Some(0);
        if nothing || self.bodies.get(key).is_some_and(|body| !self.is_alive(body)) {
            self.leave(key, "deleted"); // or what it died of
        }
        if nothing {
            return true;
        }
        self.counts.sets += 1;
        let until = |ms: Option<u64>| ms.map_or(u64::MAX, |ms| self.now.saturating_add(ms));
        let revalidate = own.stale_while_revalidate.or(general.stale_while_revalidate);
        let bridge = own.stale_if_error.or(general.stale_if_error);
        let body = Body {
            value,
            fresh_until: until(ttl),
            revalidates_for: revalidate.unwrap_or(0),
            bridges_for: bridge.unwrap_or(0),
            idle_until: until(tti),
            idle_for: tti.unwrap_or(u64::MAX),
            tags: entry.tags.clone(),
            revoked: false,
        };
        let replaced = self.bodies.insert(key.into(), body).is_some();
        self.tell("set", key, replaced.then_some("replaced"));
        true
    }

    fn is_too_heavy(&self, value: Value) -> bool {
        self.max_weight.is_some_and(|most| value.weight > most)
    }

    /// A value is too heavy: the old one is not true any more.
    fn refuse(&mut self, key: &str) {
        self.counts.too_heavy += 1;
        let before = self.told.len();
        self.leave(key, "too-heavy");
        let told = self.told[before..].iter().any(|(_, _, cause, _)| *cause == Some("too-heavy"));
        if !told {
            self.tell("eviction", key, Some("too-heavy"));
        }
    }

    /// A fresh entry is so no longer; without a time to be stale it leaves.
    fn make_stale(&mut self, key: &str) {
        if let Some(body) = self.bodies.get_mut(key) {
            body.fresh_until = self.now;
            if body.stale_for() == 0 {
                self.leave(key, "expired");
            }
        }
    }

    fn state(&self, body: &Body) -> State {
        let over = |moment: u64| self.now >= moment && moment != u64::MAX;
        if body.revoked {
            State::Dead("tag")
        } else if over(body.idle_until) || over(body.fresh_until.saturating_add(body.stale_for())) {
            State::Dead("expired")
        } else if over(body.fresh_until) {
            State::Stale(self.now - body.fresh_until)
        } else {
            State::Fresh
        }
    }

    fn is_alive(&self, body: &Body) -> bool {
        !matches!(self.state(body), State::Dead(_))
    }

    fn leave(&mut self, key: &str, cause: &'static str) {
        let Some(body) = self.bodies.remove(key) else { return };
        let cause = match self.state(&body) {
            State::Dead(cause) => cause,
            State::Fresh | State::Stale(_) => cause,
        };
        self.counts.evictions += u64::from(cause == "evicted");
        self.counts.expirations += u64::from(cause == "expired");
        let kind = match cause {
            "evicted" | "too-heavy" => "eviction",
            "expired" => "expire",
            _ => "delete",
        };
        self.tell(kind, key, Some(cause));
    }

    fn matching(&self, pattern: &str, wanted: impl Fn(&Self, &Body) -> bool) -> Vec<String> {
        let keys = self.bodies.iter().filter(|(_, body)| wanted(self, body)).map(|(key, _)| key);
        keys.filter(|key| glob::matches(pattern, key) == Some(true)).cloned().collect()
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

impl Body {
    fn stale_for(&self) -> u64 {
        self.revalidates_for.max(self.bridges_for)
    }
}
