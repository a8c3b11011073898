//! Storages that survive their process: it is killed, again and again, and each time they hold what they should.

mod drive;
mod steps;
mod victim;

use std::env;
use std::path::Path;

use cachefn_core::{Keep, Storage};

pub use victim::{Victim, acknowledge};

use crate::random::Random;
use drive::driven;
use steps::{Entries, Model, Step, Steps, names, record, tag, token};

/// Kills a process that writes, so many times, and looks each time what is there: all that a `flush`
/// or a replacing of tokens had acknowledged, then some of what came after it, in its order, and nothing
/// by half.
///
/// To be called by a test alone in its function, whose full name is `test`: the process is this program
/// once more, with that test. `open` opens the storage at a place, which is new and empty at first; `well`
/// may look at it after each kill. What is printed names the seed.
///
/// # Panics
/// When something is lost, half-written, or cannot be opened: it says after which kill.
///
/// ```no_run
/// # use cachefn_conformance::MapStorage;
/// # use std::path::Path;
/// # struct Files;
/// # impl Files { fn open(_: &Path) -> MapStorage { MapStorage::new() } }
/// // #[test]
/// fn what_a_flush_acknowledged_survives_kills() {
///     let test = "what_a_flush_acknowledged_survives_kills";
///     let place = std::env::temp_dir().join(test);
///     cachefn_conformance::check_kills(test, 200, 7, &place, Files::open, |_| ());
/// }
/// ```
pub fn check_kills<S: Storage>(
    test: &'static str,
    kills: u32,
    seed: u64,
    place: &Path,
    open: impl Fn(&Path) -> S,
    well: impl Fn(&S),
) {
    if let (Ok(place), Ok(seed)) = (env::var(PLACE), env::var(SEED)) {
        let seed = seed.parse().expect("the process that kills this one gives it a seed");
        write_until_killed(&open(Path::new(&place)), seed);
    }
    println!("seed {seed}");
    let mut random = Random(seed);
    drop(open(place));
    let (mut model, mut acknowledged, mut beyond) = (Model::default(), 0, 0);
    for kill in 0..kills {
        let seed = random.draw();
        let victim = Victim::new(test).variable(PLACE, place.to_string_lossy());
        let told = victim.variable(SEED, seed.to_string()).killed(random.draw());
        let storage = open(place);
        well(&storage);
        let found = driven(entries(&storage));
        drop(storage);
        let mut steps = Steps::new(seed);
        for _ in 0..told {
            model.make(next(&mut steps));
        }
        acknowledged += told;
        while model.entries() != found {
            let step = next(&mut steps);
            model.make(step);
            beyond += 1;
            // An acknowledgement may be on its way when the process ends, but only one.
            assert!(
                !step.is_acknowledged() || model.entries() == found,
                "seed {seed}, kill {kill}: something that was acknowledged is lost, or something is half-written"
            );
        }
    }
    println!("{acknowledged} steps were acknowledged, {beyond} more survived");
    assert!(acknowledged > u64::from(kills), "the processes hardly worked");
}

fn write_until_killed(storage: &impl Storage, seed: u64) -> ! {
    let mut steps = Steps::new(seed);
    for number in 1.. {
        let step = next(&mut steps);
        driven(make(storage, step));
        if step.is_acknowledged() {
            acknowledge(number);
        }
    }
    unreachable!("the steps have no end")
}

async fn make(storage: &impl Storage, step: Step) {
    let made = match step {
        Step::Set(name, content) => {
            let keep = Keep::default();
            storage.set(record(name).as_bytes(), content.bytes().into(), keep).await
        }
        Step::Delete(name) => storage.delete(record(name).as_bytes()).await.map(drop),
        Step::Invalidate(name, bits) => {
            storage.replace_tokens(&[(tag(name).as_bytes(), token(bits))]).await
        }
        Step::Flush => storage.flush().await,
    };
    made.unwrap_or_else(|error| panic!("{step:?}: {error}"));
}

async fn entries(storage: &impl Storage) -> Entries {
    let mut entries = Entries::new();
    for name in names() {
        let found = storage.get(name.as_bytes()).await;
        let found = found.unwrap_or_else(|error| panic!("get of {name} after a kill: {error}"));
        entries.extend(found.map(|found| (name, found.record.to_vec())));
    }
    entries
}

fn next(steps: &mut Steps) -> Step {
    steps.next().expect("the steps have no end")
}

const PLACE: &str = "CACHEFN_KILLS_PLACE";
const SEED: &str = "CACHEFN_KILLS_SEED";
