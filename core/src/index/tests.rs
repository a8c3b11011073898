use super::*;
use alloc::collections::BTreeMap;

/// SplitMix64 (Steele, Lea, Flood 2014): enough randomness for a model test, seeded.
struct Random(u64);
impl Random {
    fn next(&mut self) -> u32 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        ((z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB) >> 32) as u32
    }
}

fn agrees_with_a_map(seed: u64, hash: impl Fn(u32) -> u32) {
    let mut random = Random(seed);
    let (mut index, mut model) = (Index::new(), BTreeMap::new());
    let mut hashes: Vec<u32> = Vec::new();
    let mut free = Vec::new();
    for step in 0..if cfg!(miri) { 60 } else { 20_000 } {
        let key = random.next() % 700;
        let found = index.find(hash(key), |slot| model.get(&key) == Some(&slot));
        assert_eq!(found, model.get(&key).copied(), "seed {seed} step {step} key {key}");
        match found {
            Some(slot) => {
                index.remove(hash(key), slot, |slot| hashes[slot as usize]);
                model.remove(&key);
                free.push(slot);
            }
            None => {
                index.reserve(model.len() as u32 + 1, |slot| hashes[slot as usize]).unwrap();
                let slot = free.pop().unwrap_or_else(|| {
                    hashes.push(0);
                    hashes.len() as u32 - 1
                });
                hashes[slot as usize] = hash(key);
                index.insert(slot, |slot| hashes[slot as usize]);
                model.insert(key, slot);
            }
        }
    }
    assert!(!model.is_empty());
}

#[test]
fn agrees_with_a_map_on_random_operations() {
    for seed in 1..=3 {
        agrees_with_a_map(seed, |key| key.wrapping_mul(0x9E37_79B1));
    }
}

#[test]
fn stays_right_when_every_hash_is_equal_or_runs_are_long() {
    agrees_with_a_map(4, |_| 0x1234_5678);
    agrees_with_a_map(5, |key| (key % 3) << 29);
    agrees_with_a_map(6, |key| key);
}
