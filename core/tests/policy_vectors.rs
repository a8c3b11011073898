//! Who leaves under each policy, checked against `tests/vectors/policies` by hash alone.

use std::fs;
use std::path::Path;

use cachefn_core::Cause;
use cachefn_core::private::{Arrival, Engine, Left, Policy, Times};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "rules")]
    _rules: Vec<String>,
    #[serde(rename = "about")]
    _about: String,
    policy: String,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    about: String,
    capacity: u32,
    /// Of the keys 0, 1, 2, …
    hashes: Vec<u32>,
    /// A key that is asked for, or -1 - key for one that is removed.
    steps: Vec<i64>,
    hits: usize,
    victims: Vec<usize>,
}

/// The engine, and which key stands in which slot.
struct Cache<'c> {
    engine: Engine,
    case: &'c Case,
    keys: Vec<usize>,
    hits: usize,
    victims: Vec<usize>,
}

impl Cache<'_> {
    fn find(&self, key: usize) -> Option<u32> {
        self.engine.find(self.case.hashes[key], |slot| self.keys[slot as usize] == key)
    }

    fn ask(&mut self, key: usize) {
        if let Some(slot) = self.find(key) {
            self.hits += 1;
            self.engine.hit(slot, || 0);
            if self.engine.wants_drain() {
                self.engine.drain_hits();
            }
            return;
        }
        let (hash, capacity) = (self.case.hashes[key], self.case.capacity as usize);
        let arrival = Arrival { hash, now: 0, times: Times::until(u64::MAX), weight: 0 };
        let slot = self.engine.insert_listed(&arrival, capacity, u64::MAX).unwrap();
        for at in 0..self.engine.removed().packed().len() {
            let Left::Entry(victim, _) = self.engine.removed().get(at) else {
                panic!("no entry has a tag")
            };
            self.victims.push(self.keys[victim as usize]);
        }
        self.engine.removed().clear();
        self.keys.resize(self.keys.len().max(slot as usize + 1), usize::MAX);
        self.keys[slot as usize] = key;
    }

    fn remove(&mut self, key: usize) {
        if let Some(slot) = self.find(key) {
            self.engine.remove(slot, 0, Cause::Deleted);
            self.engine.removed().clear();
        }
    }
}

/// What the engine did otherwise than the case says, if anything.
fn follow(policy: Policy, case: &Case) -> Option<String> {
    let engine = Engine::new(case.capacity, policy);
    let mut cache = Cache { engine, case, keys: Vec::new(), hits: 0, victims: Vec::new() };
    let name = format!("{policy}, capacity {}, {:?}", case.capacity, case.about);
    for (at, step) in case.steps.iter().enumerate() {
        let before = cache.victims.len();
        match usize::try_from(*step) {
            Ok(key) => cache.ask(key),
            Err(_) => cache.remove((-1 - step) as usize),
        }
        let (left, expected) = (cache.victims.get(before), case.victims.get(before));
        if left.is_some() && left != expected {
            return Some(format!("{name}, step {at}: {left:?} left instead of {expected:?}"));
        }
        assert!(cache.engine.len() <= case.capacity as usize, "{name}, step {at}");
    }
    let (did, should) = ((cache.hits, cache.victims.len()), (case.hits, case.victims.len()));
    (did != should).then(|| format!("{name}: {did:?} hits and victims instead of {should:?}"))
}

#[test]
fn s_10_every_policy_lets_go_whom_the_vectors_say() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors/policies");
    let (mut policies, mut faults) = (Vec::new(), Vec::new());
    for entry in fs::read_dir(folder).expect("the folder of vectors is there") {
        let path = entry.unwrap().path();
        let file: File = serde_json::from_slice(&fs::read(&path).unwrap())
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        assert_eq!(path.file_name(), Some(format!("{}.json", file.policy).as_ref()));
        assert!(file.cases.len() > 5, "{} has {} cases", file.policy, file.cases.len());
        let policy: Policy = file.policy.parse().unwrap();
        faults.extend(file.cases.iter().filter_map(|case| follow(policy, case)));
        policies.push(file.policy);
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
    policies.sort();
    let known = ["adaptive", "fifo", "lfu", "lru", "s3-fifo", "sieve", "w-tinylfu"];
    assert_eq!(policies, known);
}
