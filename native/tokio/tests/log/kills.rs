//! A process that writes is killed 100 times: nothing acknowledged is lost, and nothing older comes back.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use cachefn_conformance::{Victim, acknowledge};
use cachefn_core::{Error, Found, Keep, Storage};
use cachefn_tokio::{Durability, Log, Outbox};

use crate::support::{Manual, Random, now};

/// One step of the child, by its number: a set of the number, or a delete.
#[derive(Debug, Clone, Copy)]
struct Step {
    name: u64,
    is_set: bool,
}

fn steps(seed: u64) -> impl Iterator<Item = Step> {
    let mut random = Random(seed);
    std::iter::repeat_with(move || Step { name: random.below(NAMES), is_set: random.below(4) > 0 })
}

/// A storage in a file that only grows, which is all that the next process knows of it.
#[derive(Clone)]
struct Server(Arc<Mutex<Inner>>);

struct Inner {
    file: std::fs::File,
    random: Random,
    /// For so many calls more it is up, or down.
    left: u64,
    is_up: bool,
}

impl Server {
    fn open(path: &Path, seed: u64) -> Self {
        let mut options = std::fs::OpenOptions::new();
        let file = options.append(true).create(true).open(path).unwrap();
        Server(Arc::new(Mutex::new(Inner { file, random: Random(seed), left: 0, is_up: false })))
    }

    /// Always up.
    fn well(path: &Path) -> Self {
        let server = Self::open(path, 0);
        {
            let mut inner = server.0.lock().unwrap();
            (inner.left, inner.is_up) = (u64::MAX, true);
        }
        server
    }

    fn write(&self, name: &[u8], record: &[u8]) -> Result<(), Error> {
        let mut inner = self.0.lock().unwrap();
        if inner.left == 0 {
            (inner.left, inner.is_up) = (1 + inner.random.below(12), !inner.is_up);
        }
        inner.left -= 1;
        if !inner.is_up {
            return Err(Error::unavailable("set", "it was drawn"));
        }
        let line = [name, b" ", record, b"\n"].concat();
        inner.file.write_all(&line).map_err(|error| Error::unavailable("set", error))
    }
}

impl Storage for Server {
    async fn get(&self, _: &[u8]) -> Result<Option<Found>, Error> {
        Ok(None) // nobody asks
    }
    async fn set(&self, name: &[u8], record: Bytes, _: Keep<'_>) -> Result<(), Error> {
        self.write(name, &record)
    }
    async fn delete(&self, name: &[u8]) -> Result<bool, Error> {
        self.write(name, b"-").map(|()| true)
    }
}

#[test]
fn h_37_what_was_acknowledged_survives_100_kills_and_nothing_older_comes_back() {
    if let Ok(folder) = std::env::var(CHILD) {
        let number = |name| std::env::var(name).unwrap().parse().unwrap();
        write_until_killed(Path::new(&folder), number(SEED), number(FIRST));
    }
    let seed = std::env::var("CACHEFN_SEED").map_or(0x0B0C_5EED, |seed| seed.parse().unwrap());
    let kills = if std::env::var("CACHEFN_LONG").is_ok() { 1_000 } else { 100 };
    println!("seed {seed}");
    let (mut random, folder) = (Random(seed), tempfile::tempdir().unwrap());
    // By name the number of the last step that counts, and whether it was a set.
    let mut model: BTreeMap<u64, (u64, bool)> = BTreeMap::new();
    let (mut first, mut acknowledged) = (1, 0);
    for kill in 0..kills {
        let seed = random.draw();
        let victim = Victim::new(NAME).variable(CHILD, folder.path().to_string_lossy());
        let victim = victim.variable(SEED, seed.to_string()).variable(FIRST, first.to_string());
        let told = victim.killed(random.draw());
        acknowledged += told;
        let made: Vec<(u64, Step)> = (first..).zip(steps(seed)).take(told as usize + 1).collect();
        first += told + 1;
        let (last, sure) = made.split_last().unwrap();
        for (number, step) in sure {
            model.insert(step.name, (*number, step.is_set));
        }
        let found = recovered(folder.path(), kill);
        // The one after those that were acknowledged may have been made, or not.
        let (number, step) = *last;
        if found.get(&step.name).copied() != model.get(&step.name).and_then(as_found) {
            model.insert(step.name, (number, step.is_set));
        }
        let expected: BTreeMap<u64, u64> =
            model.iter().filter_map(|(name, last)| Some((*name, as_found(last)?))).collect();
        assert_eq!(found, expected, "kill {kill}");
    }
    println!("{acknowledged} steps were acknowledged");
    assert!(acknowledged > kills);
}

fn as_found((number, is_set): &(u64, bool)) -> Option<u64> {
    is_set.then_some(*number)
}

/// What the storage holds when the next process has written out what waited.
fn recovered(folder: &Path, kill: u64) -> BTreeMap<u64, u64> {
    let log = Log::open(folder.join("log")).unwrap();
    let torn = log.damaged().iter().all(|damage| damage.to_string().contains("cut off"));
    assert!(torn, "kill {kill}: {:?}", log.damaged());
    let runtime = Manual::new();
    let server = Server::well(&folder.join("server"));
    let outbox = Outbox::new(server, runtime.clone()).log(log);
    let outbox = if !kill.is_multiple_of(2) { outbox.max_bytes(LITTLE) } else { outbox };
    let outbox = now(outbox.build()).unwrap();
    runtime.drive(outbox.flush()).unwrap();
    drop(outbox);
    let text = std::fs::read_to_string(folder.join("server")).unwrap();
    let (mut held, mut newest) = (BTreeMap::new(), BTreeMap::new());
    for line in text.lines() {
        let (name, record) = line.split_once(' ').unwrap();
        let name: u64 = name.strip_prefix("n:").unwrap().parse().unwrap();
        match record.parse::<u64>() {
            Ok(number) => {
                let before = newest.insert(name, number).unwrap_or(0);
                assert!(before <= number, "kill {kill}: {name}: {number} after {before}");
                held.insert(name, number);
            }
            Err(_) => drop(held.remove(&name)),
        }
    }
    held
}

fn write_until_killed(folder: &Path, seed: u64, first: u64) -> ! {
    let durability = [Durability::EachWrite, Durability::EachBatch, Durability::Never];
    let log = Log::builder(folder.join("log")).durability(durability[(seed % 3) as usize]);
    let log = log.file_bytes(2_000).max_bytes(20_000).open().unwrap();
    let (runtime, server) = (Manual::new(), Server::open(&folder.join("server"), seed));
    let mut builder = Outbox::new(server, runtime.clone()).clock(runtime.clock()).log(log);
    if seed & 8 > 0 {
        builder = builder.write_behind();
    }
    if seed & 48 > 0 {
        builder = builder.max_bytes(LITTLE);
    }
    let outbox = now(builder.batch(7, Duration::from_millis(10)).build()).unwrap();
    let mut random = Random(!seed);
    for (done, (number, step)) in (1..).zip((first..).zip(steps(seed))) {
        let name = format!("n:{}", step.name);
        match step.is_set {
            true => {
                let set = outbox.set(name.as_bytes(), number.to_string().into(), Keep::default());
                runtime.drive(set).unwrap();
            }
            false => drop(runtime.drive(outbox.delete(name.as_bytes())).unwrap()),
        }
        acknowledge(done);
        if random.below(3) == 0 {
            runtime.advance(Duration::from_millis(random.below(200)));
        }
    }
    unreachable!("the steps have no end")
}

const NAME: &str =
    "kills::h_37_what_was_acknowledged_survives_100_kills_and_nothing_older_comes_back";
const CHILD: &str = "CACHEFN_LOG_CHILD";
const SEED: &str = "CACHEFN_LOG_SEED";
const FIRST: &str = "CACHEFN_LOG_FIRST";
const NAMES: u64 = 12;
/// Room for the deletes of all names, and of the sets for three: the others wait on the disk alone.
const LITTLE: usize = 5_000;
