//! Every policy against a naive model of it: the same requests, the same victims.

mod models;
mod w_tinylfu;

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::string::ToString;
use alloc::vec::Vec;

use super::{Eviction, Hits, Policy};
use crate::nodes::Nodes;
use models::{Fifo, Lfu, Lru, Sieve};

/// A policy as its paper tells it, over keys.
trait Model {
    fn insert(&mut self, key: u32);
    fn hit(&mut self, key: u32);
    fn remove(&mut self, key: u32);
    fn evict(&mut self) -> Option<u32>;
    /// What the cache does once before it evicts for the first time.
    fn reserve(&mut self) {}
}

/// A policy with its entries, driven as the engine drives it.
struct Driven {
    eviction: Eviction,
    nodes: Nodes,
    slots: BTreeMap<u32, u32>,
    keys: BTreeMap<u32, u32>,
    capacity: usize,
}

impl Driven {
    fn new(policy: Policy, capacity: u32) -> Self {
        Driven {
            eviction: Eviction::new(policy, capacity, None),
            nodes: Nodes::new(),
            slots: BTreeMap::new(),
            keys: BTreeMap::new(),
            capacity: capacity as usize,
        }
    }

    fn insert(&mut self, key: u32) {
        self.nodes.reserve_one().unwrap();
        let slot = self.nodes.take(hash(key));
        self.eviction.insert(&mut self.nodes, slot);
        self.slots.insert(key, slot);
        self.keys.insert(slot, key);
    }

    fn hit(&mut self, key: u32) {
        let slot = self.slots[&key];
        match self.eviction.hits() {
            Hits::Ignored => {}
            Hits::Ordered => self.eviction.replay(&mut self.nodes, slot),
            Hits::Counted(max) | Hits::Sampled(max) => self.nodes.states[slot].hit(max),
        }
    }

    fn remove(&mut self, key: u32) {
        let slot = self.slots[&key];
        self.eviction.remove(&mut self.nodes, slot);
        self.forget(slot);
    }

    fn evict(&mut self) -> Option<u32> {
        self.eviction.reserve().unwrap();
        let slot = self.eviction.evict(&mut self.nodes, None)?;
        Some(self.forget(slot))
    }

    fn forget(&mut self, slot: u32) -> u32 {
        let key = self.keys.remove(&slot).expect("a victim is an entry");
        self.slots.remove(&key);
        self.nodes.release(slot);
        key
    }
}

/// The finaliser of MurmurHash3 (Appleby, 2011).
fn hash(key: u32) -> u32 {
    let h = (key ^ (key >> 16)).wrapping_mul(0x85EB_CA6B);
    let h = (h ^ (h >> 13)).wrapping_mul(0xC2B2_AE35);
    h ^ (h >> 16)
}

/// A generator by Marsaglia (2003).
struct Random(u64);

impl Random {
    fn below(&mut self, end: u32) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (((self.0 >> 32) * u64::from(end)) >> 32) as u32
    }

    /// Keys of a stream that changes its nature every thousand steps: few popular keys, a loop, a
    /// storm of new ones, the same few again and again.
    fn key(&mut self, step: u32, capacity: u32) -> u32 {
        match step / 1_000 % 4 {
            0 => self.below(2 * capacity).min(self.below(4 * capacity)),
            1 => 10_000 + step % (capacity + capacity / 4 + 1),
            2 => 100_000 + step,
            _ => self.below(capacity / 2 + 1),
        }
    }
}

fn agree(policy: Policy, model: impl Fn(u32) -> Box<dyn Model>) {
    for capacity in [1, 2, 3, 7, 20, 150] {
        let seed = 0x5EED + u64::from(capacity);
        let mut random = Random(seed);
        let (mut real, mut model) = (Driven::new(policy, capacity), model(capacity));
        let mut first = true;
        for step in 0..12_000 {
            let at = alloc::format!("{policy}, capacity {capacity}, seed {seed}, step {step}");
            let key = random.key(step, capacity);
            let chance = random.below(100);
            if real.slots.contains_key(&key) {
                if chance < 3 {
                    real.remove(key);
                    model.remove(key);
                } else {
                    real.hit(key);
                    model.hit(key);
                }
                continue;
            }
            // Now and then an entry leaves although there is room, as another shard may ask.
            if real.slots.len() == real.capacity || chance == 99 {
                if core::mem::take(&mut first) {
                    model.reserve();
                }
                assert_eq!(real.evict(), model.evict(), "{at}");
            }
            real.insert(key);
            model.insert(key);
            assert!(real.slots.len() <= real.capacity, "{at}");
        }
        assert!(real.nodes.len() <= capacity, "{policy}: slots are used again");
        let rest: Vec<_> = core::iter::from_fn(|| real.evict()).collect();
        assert_eq!(rest, core::iter::from_fn(|| model.evict()).collect::<Vec<_>>(), "{policy}");
        assert!(real.slots.is_empty() && real.eviction.likely_victim().is_none(), "{policy}");
    }
}

#[test]
fn lru_chooses_the_victims_of_its_model() {
    agree(Policy::Lru, |_| Box::new(Lru::default()));
}

#[test]
fn fifo_chooses_the_victims_of_its_model() {
    agree(Policy::Fifo, |_| Box::new(Fifo::default()));
}

#[test]
fn sieve_chooses_the_victims_of_its_model() {
    agree(Policy::Sieve, |_| Box::new(Sieve::default()));
}

#[test]
fn lfu_chooses_the_victims_of_its_model() {
    agree(Policy::Lfu, |_| Box::new(Lfu::default()));
}

#[test]
fn w_tinylfu_chooses_the_victims_of_its_model() {
    agree(Policy::WTinyLfu, |capacity| Box::new(w_tinylfu::Model::new(capacity)));
}

#[test]
fn lfu_keeps_its_order_when_counts_end_and_ages_go_round() {
    let mut real = Driven::new(Policy::Lfu, 3);
    let mut model = Lfu::default();
    for key in 0..2 {
        real.insert(key);
        model.insert(key);
        for _ in 0..400 + key {
            real.hit(key);
            model.hit(key);
        }
    }
    // Ten times round the 256 priorities.
    for key in 2..2_562 {
        real.insert(key);
        model.insert(key);
        if key % 100 == 0 {
            real.hit(1);
            model.hit(1);
        }
        assert_eq!(real.evict(), model.evict(), "key {key}");
    }
}

#[test]
fn every_policy_has_its_name_and_an_unknown_one_is_told_them_all() {
    let error = "mru".parse::<Policy>().unwrap_err().to_string();
    for policy in Policy::ALL {
        assert_eq!(policy.as_str().parse::<Policy>().unwrap(), policy);
        assert!(error.contains(policy.as_str()), "{error}");
    }
}

#[test]
fn a_policy_without_entries_evicts_nothing() {
    for policy in Policy::ALL {
        assert_eq!(Driven::new(policy, 10).evict(), None, "{policy}");
    }
}
