//! The caches beside a naive map, on drawn operations. A failure prints a trace for `tests/vectors`.

#[path = "model/mod.rs"]
mod model;

use std::env;
#[cfg(not(miri))]
use std::{fs, path::Path};

#[cfg(not(miri))]
use model::operation::{Entry, Face, Life, Operation, Settings, policies};
use model::source::Random;
#[cfg(not(miri))]
use model::source::Source;
use model::{Tally, check, draw, explain};

/// How many runs; miri interprets every instruction.
fn runs() -> u64 {
    match env::var_os("CACHEFN_LONG") {
        _ if cfg!(miri) => 4,
        Some(_) => 60_000,
        None => 1_500,
    }
}

#[test]
fn small_caches_of_every_policy_agree_with_a_naive_map() {
    let length = if cfg!(miri) { 80 } else { 400 };
    let mut all = Tally::default();
    for seed in 0..runs() {
        let mut random = Random(seed);
        let (settings, operations) = draw(&mut random, length).expect("a random source has no end");
        match check(&settings, &operations) {
            Ok(tally) => all.add(tally),
            Err(_) => panic!("seed {seed}: {}", explain(&settings, &operations)),
        }
    }
    println!("{} runs: {all:?}", runs());
    let enough = runs() * 10;
    let seen = all.evictions > enough && all.expirations > enough && all.fenced > runs() / 2;
    assert!(cfg!(miri) || seen, "{all:?}");
}

#[cfg(not(miri))] // it takes too many entries
#[test]
fn a_cache_of_several_shards_agrees_with_a_naive_map() {
    let (max_entries, keys, operations) = (8_192, 10_000, 40_000);
    for policy in policies() {
        let face = Face::Sharded;
        let (life, max_weight, seed) = (Life::default(), None, 1);
        let settings = Settings { face, policy, max_entries, max_weight, life, seed, keys };
        let mut random = Random(7);
        let fill = (0..keys).map(|number| Operation::Set {
            key: format!("user:{number}"),
            entry: Entry {
                life: Life { ttl: (number % 9 == 0).then_some(30_000), ..life },
                ..Entry::default()
            },
        });
        let next = || loop {
            // These look at every key, which takes the naive map too long to do often, or empty it.
            let rare = random.below(400)?;
            match Operation::draw(&mut random, keys, 0)? {
                Operation::Clear
                | Operation::InvalidateByPattern(..)
                | Operation::InvalidateByTag(..)
                | Operation::Keys(_)
                | Operation::Entries(..)
                | Operation::Purge
                | Operation::Len
                | Operation::Advance(1_000..)
                    if rare > 0 => {}
                operation => return Some(operation),
            }
        };
        let drawn = std::iter::from_fn(next).take(operations);
        let operations: Vec<Operation> = fill.chain(drawn).collect();
        let tally = check(&settings, &operations).unwrap_or_else(|failure| {
            panic!("{policy}: {}, after {} operations", failure.fault, failure.steps.len())
        });
        println!("{policy}: {tally:?}");
        assert!(tally.evictions > 1_000);
    }
}

/// Replays the inputs in `fuzz/seeds/` that fuzzing found worth keeping.
#[cfg(not(miri))]
fn replay_seeds(target: &str, replay: impl Fn(&[u8]) -> bool) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/seeds").join(target);
    let mut inputs = 0;
    for file in fs::read_dir(folder).expect("the inputs are there") {
        let path = file.expect("a file").path();
        println!("{}", path.display());
        inputs += usize::from(replay(&fs::read(path).expect("a readable file")));
    }
    assert!(inputs >= 10, "{inputs} inputs");
}

#[cfg(not(miri))]
#[test]
fn inputs_kept_by_fuzzing_agree_with_a_naive_map() {
    replay_seeds("model", |bytes| model::replay(bytes).is_some());
}

#[cfg(not(miri))]
#[test]
fn inputs_kept_by_fuzzing_agree_with_a_naive_matcher() {
    replay_seeds("glob", |bytes| model::glob::replay(bytes).is_some());
}

#[cfg(not(miri))]
#[test]
fn inputs_kept_by_fuzzing_agree_with_a_map_of_slots() {
    replay_seeds("engine", |bytes| model::engine::replay(bytes).is_some());
}

#[cfg(not(miri))]
#[test]
fn s_39_inputs_kept_by_fuzzing_are_a_refusal_or_what_was_written() {
    replay_seeds("record", |bytes| model::record::replay(bytes).is_some());
}
