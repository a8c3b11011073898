//! Drawn operations of many caches in a drawn order, over one storage and a bus that is well or not.

use std::cell::{Cell, RefCell};

use super::*;
use cachefn_conformance::BusFaults;
use cachefn_core::Glob;

/// Written or removed by hand; those from here on are loaded, and removed by tag or with everything.
const LOADED: u32 = 3;
const KEYS: u32 = 5;

/// A change of some keys in time, counted in steps.
#[derive(Debug)]
#[allow(dead_code, reason = "a failure prints it")]
struct Change {
    what: String,
    keys: Vec<u32>,
    /// What it wrote, if it did.
    values: Vec<u32>,
    start: u64,
    /// None while it runs.
    end: Option<u64>,
}

#[derive(Default)]
struct History {
    now: Cell<u64>,
    changes: RefCell<Vec<Change>>,
    values: Cell<u32>,
}

impl History {
    fn tick(&self) -> u64 {
        self.now.set(self.now.get() + 1);
        self.now.get()
    }

    /// A value that was never there.
    fn value(&self) -> u32 {
        self.values.set(self.values.get() + 1);
        self.values.get()
    }

    fn begin(&self, what: &str, keys: &[u32], values: &[u32]) -> usize {
        let start = self.tick();
        let (what, keys, values) = (what.to_string(), keys.to_vec(), values.to_vec());
        self.changes.borrow_mut().push(Change { what, keys, values, start, end: None });
        self.changes.borrow().len() - 1
    }

    fn end(&self, change: usize) {
        self.changes.borrow_mut()[change].end = Some(self.tick());
    }

    /// A read that began then must not bring what a change that was over had replaced.
    fn check(&self, key: u32, value: u32, began: u64) {
        let changes = self.changes.borrow();
        let own = changes.iter().find(|change| change.values.contains(&value));
        let own = own.unwrap_or_else(|| panic!("{value} was never written"));
        let is_older = |than: &Change| own.end.is_some_and(|end| end < than.start);
        let over = |change: &&Change| {
            change.keys.contains(&key)
                && change.end.is_some_and(|end| end < began)
                && is_older(change)
        };
        if let Some(newer) = changes.iter().find(over) {
            panic!(
                "key {key}: a read that began at {began} brought {value} of {own:?}, in spite of {newer:?}"
            );
        }
    }
}

/// One drawn operation to its end.
async fn operate(call: u64, key: u32, cache: &Cache<u32, u32>, history: &History, checks: bool) {
    let all: Vec<u32> = (0..KEYS).collect();
    let loaded: Vec<u32> = (LOADED..KEYS).collect();
    let value = history.value();
    let (name, began) = (format!("call {call} of key {key} by {cache:p}"), history.tick());
    let key = if call <= 12 { key % LOADED } else { key };
    let changed = match call {
        0..=2 | 5..=8 | 11 => vec![key],
        3 | 4 => vec![key, (key + 1) % LOADED],
        9 | 10 => vec![key],
        12 => all,
        13 | 14 => loaded,
        _ => Vec::new(),
    };
    let values = match call {
        0..=2 | 6 => vec![value],
        3 => vec![value, history.value()],
        _ => Vec::new(),
    };
    let change = (!changed.is_empty()).then(|| history.begin(&name, &changed, &values));
    match call {
        0 | 1 => cache.set(key, value).await.unwrap(),
        2 => cache.set_with(key, value, tagged("by hand")).await.unwrap(),
        3 => cache.set_many(changed.iter().copied().zip(values)).await.unwrap(),
        4 => ignore(cache.delete_many(&changed).await.unwrap()),
        5 => ignore(cache.delete(&key).await.unwrap()),
        6 => ignore(cache.update(key, |_| Some(value)).await.unwrap()),
        7 => ignore(cache.update(key, |_| None).await.unwrap()),
        8 => ignore(cache.expire(&key).await.unwrap()),
        9 | 10 => {
            let pattern = Glob::new(&key.to_string()).unwrap();
            ignore(cache.invalidate_by_pattern(&pattern).await.unwrap());
        }
        11 => cache.invalidate_by_tag("by hand").await.unwrap(),
        12 => cache.clear().await.unwrap(),
        13 | 14 => cache.invalidate_by_tag("loaded").await.unwrap(),
        15 | 16 => {
            let key = LOADED + key % (KEYS - LOADED);
            let made = Cell::new(None);
            let fetch = |_| async {
                // From here on it is what it will be.
                let load = history.begin(&name, &[], &[value]);
                history.end(load);
                made.set(Some(()));
                value
            };
            let read = cache.get_or_fetch_with(&key, tagged("loaded"), fetch).await;
            if checks && made.get().is_none() {
                history.check(key, read, began);
            }
        }
        17 => {
            let keys = [key, (key + 1) % KEYS];
            for (key, read) in keys.into_iter().zip(cache.get_many(&keys).await.unwrap()) {
                if let Some(read) = read.filter(|_| checks) {
                    history.check(key, read, began);
                }
            }
        }
        _ => {
            let read = cache.get(&key).await.unwrap();
            if let Some(read) = read.filter(|_| checks) {
                history.check(key, read, began);
            }
        }
    }
    // Whatever carries the tag is removed by 11, but nobody keeps account of what that is.
    if call != 11 {
        change.into_iter().for_each(|change| history.end(change));
    }
}

/// One run of so many caches. With `faults`, reads may be old until the bus is quiet.
fn run(seed: u64, number: usize, faults: BusFaults) {
    let (store, bus) = (Store::new(), LocalBus::with(seed, faults));
    store.pauses(seed as usize % 3);
    if seed % 2 == 1 {
        store.tells_tokens();
    }
    let clock = clock();
    let open = |_| joined_at(&store, &bus, &clock).max_entries(4).build().unwrap();
    let (caches, history) = ((0..number).map(open).collect::<Vec<_>>(), History::default());
    let (mut random, mut tasks) = (Random(seed), Tasks::new(seed ^ 0xABCD));
    let checks = faults == BusFaults::none();
    for at in 0..number.max(4) {
        let calls: Vec<(u64, u32)> =
            (0..10).map(|_| (random.below(24), random.below(KEYS.into()) as u32)).collect();
        let (cache, history) = (&caches[at % number], &history);
        tasks.spawn(async move {
            for (call, key) in calls {
                operate(call, key, cache, history, checks).await;
            }
        });
    }
    let mut steps = 0;
    while tasks.step() {
        steps += 1;
        assert!(steps < 100_000, "they spin");
        if random.below(4) == 0 {
            bus.deliver();
        }
    }
    tasks.run();
    store.pauses(0);
    // What could not be published yet is published when it can be.
    bus.settle();
    bus.inject(BusFaults::none());
    caches.iter().for_each(|cache| finish(cache.flush()).unwrap());
    bus.settle();
    for key in 0..LOADED {
        let stored = finish(plain(&store).get(&key)).unwrap();
        for (number, cache) in caches.iter().enumerate() {
            let read = finish(cache.get(&key)).unwrap();
            let changes = history.changes.borrow();
            let meant: Vec<&Change> =
                changes.iter().filter(|change| change.keys.contains(&key)).collect();
            assert_eq!(read, stored, "key {key} in cache {number}: {meant:#?}");
        }
    }
    // Of what was loaded at the same time in two caches each may keep its own, but what was removed
    // before is nowhere.
    let end = history.tick();
    for key in LOADED..KEYS {
        for cache in &caches {
            finish(cache.get(&key))
                .unwrap()
                .into_iter()
                .for_each(|read| history.check(key, read, end));
        }
    }
}

/// Many runs. A failure prints the seed.
fn runs(number: usize, faults: BusFaults) {
    let runs = if std::env::var_os("CACHEFN_LONG").is_some() { 30_000 } else { 300 };
    let first = std::env::var("CACHEFN_SEED").ok().and_then(|seed| seed.parse().ok());
    for seed in first.map_or(0..runs, |seed| seed..seed + 1) {
        let ran = std::panic::catch_unwind(|| run(seed, number, faults));
        if let Err(panic) = ran {
            eprintln!("CACHEFN_SEED={seed}, {number} caches, {faults:?}");
            std::panic::resume_unwind(panic);
        }
    }
}

fn storm() -> BusFaults {
    BusFaults::none().delays(0.7).repeats(0.2).losses(0.05).errors(0.1)
}

#[test]
fn h_38_two_caches_read_nothing_older_than_a_change_that_was_over_and_agree_at_last() {
    runs(2, BusFaults::none());
}

#[test]
fn h_38_eight_caches_read_nothing_older_than_a_change_that_was_over_and_agree_at_last() {
    runs(8, BusFaults::none());
}

#[test]
fn s_35_two_caches_agree_with_the_storage_though_messages_are_late_repeated_and_lost() {
    runs(2, storm());
}

#[test]
fn s_35_eight_caches_agree_with_the_storage_though_messages_are_late_repeated_and_lost() {
    runs(8, storm());
}
