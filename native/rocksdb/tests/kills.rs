//! A process that writes is killed 200 times, and each time the database holds what it should.

mod common;

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use cachefn_core::{Keep, Storage, Token};
use cachefn_rocksdb::RocksDbStorage;
use common::{Folder, Random, names, now};

/// One step of the child; which one comes when, the seed of a kill decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Set(u64, Content),
    Delete(u64),
    Invalidate(u64, u64),
    Flush,
}

/// A record: so many bytes, drawn from a seed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Content {
    seed: u64,
    length: u64,
}

struct Steps(Random);

impl Iterator for Steps {
    type Item = Step;

    fn next(&mut self) -> Option<Step> {
        let random = &mut self.0;
        let name = random.below(NAMES);
        Some(match random.below(100) {
            0..10 => Step::Flush,
            10..25 => Step::Delete(name),
            25..27 => Step::Invalidate(name % 5, random.next()),
            kind => {
                let length = if kind < 30 { random.below(150_000) } else { random.below(700) };
                Step::Set(name, Content { seed: random.next(), length })
            }
        })
    }
}

impl Content {
    fn bytes(self) -> Vec<u8> {
        let mut random = Random(self.seed);
        (0..self.length.div_ceil(8))
            .flat_map(|_| random.next().to_le_bytes())
            .take(self.length as usize)
            .collect()
    }
}

/// What the database should hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Model {
    records: BTreeMap<u64, Content>,
    tokens: BTreeMap<u64, u64>,
}

impl Model {
    fn make(&mut self, step: Step) {
        match step {
            Step::Set(name, content) => drop(self.records.insert(name, content)),
            Step::Delete(name) => drop(self.records.remove(&name)),
            Step::Invalidate(name, token) => drop(self.tokens.insert(name, token)),
            Step::Flush => (),
        }
    }

    fn entries(&self) -> BTreeMap<String, Vec<u8>> {
        let records = self.records.iter().map(|(name, content)| (record(*name), content.bytes()));
        let tokens = self.tokens.iter().map(|(name, bits)| (tag(*name), token(*bits).0.to_vec()));
        records.chain(tokens).collect()
    }
}

#[test]
fn h_30_what_a_flush_acknowledged_survives_200_kills_and_nothing_is_half_written() {
    if let Ok(path) = std::env::var(CHILD) {
        let seed = std::env::var(SEED).unwrap().parse().unwrap();
        write_until_killed(&path, seed);
    }
    let seed = std::env::var("CACHEFN_SEED").map_or(0x20C_45DB, |seed| seed.parse().unwrap());
    let kills = if std::env::var("CACHEFN_LONG").is_ok() { 2_000 } else { 200 };
    println!("seed {seed}");
    let mut random = Random(seed);
    let folder = Folder::new();
    drop(folder.open());
    let (mut model, mut acknowledged, mut beyond) = (Model::default(), 0, 0);
    for kill in 0..kills {
        let seed = random.next();
        let told = run_and_kill(&folder, seed, &mut random);
        let storage = folder.open();
        assert_eq!((storage.damaged(), storage.unreadable()), (vec![], 0), "kill {kill}");
        let found = entries(&storage);
        drop(storage);
        // All steps up to the last that was acknowledged, then some more, but none before those.
        let mut steps = Steps(Random(seed));
        for step in steps.by_ref().take(told) {
            model.make(step);
        }
        acknowledged += told;
        let mut more = 0;
        while model.entries() != found {
            let step = steps.next().unwrap();
            let is_acknowledged = matches!(step, Step::Flush | Step::Invalidate(..));
            model.make(step);
            more += 1;
            // An acknowledgement may be on its way when the process ends, but only one.
            assert!(
                !is_acknowledged || model.entries() == found,
                "kill {kill}: lost or half-written"
            );
        }
        beyond += more;
    }
    println!("{acknowledged} steps were acknowledged, {beyond} more had come to the database");
    assert!(acknowledged > kills);
    assert_eq!(folder.files(), ["cachefn-rocksdb", "data"]);
}

/// Makes a process write, and kills it; how many of its steps were acknowledged.
fn run_and_kill(folder: &Folder, seed: u64, random: &mut Random) -> usize {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", NAME, "--nocapture"])
        .env(CHILD, folder.path())
        .env(SEED, seed.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let (sender, acknowledged) = mpsc::channel();
    let output = BufReader::new(child.stdout.take().unwrap());
    let reader = std::thread::spawn(move || {
        for line in output.lines().map_while(Result::ok) {
            if let Some(steps) = line.strip_prefix("done ").and_then(|rest| rest.strip_suffix('.'))
            {
                let _ = sender.send(steps.parse::<usize>().unwrap());
            }
        }
    });
    // Some die while they open the folder, most somewhere in their writes.
    let mut last = 0;
    for _ in 0..random.below(8) {
        last = acknowledged.recv_timeout(Duration::from_secs(20)).expect("the child works");
    }
    let (began, delay) = (Instant::now(), Duration::from_micros(random.below(9_000)));
    while began.elapsed() < delay {
        std::hint::spin_loop();
    }
    child.kill().unwrap();
    child.wait().unwrap();
    reader.join().unwrap();
    acknowledged.try_iter().last().unwrap_or(last)
}

fn write_until_killed(path: &str, seed: u64) -> ! {
    // So little that some of the kills meet the engine while it writes its files.
    let storage = RocksDbStorage::builder(path).write_buffer_bytes(256 << 10).build().unwrap();
    let mut out = std::io::stdout();
    for (number, step) in Steps(Random(seed)).enumerate() {
        let is_acknowledged = match step {
            Step::Set(name, content) => {
                let (name, record) = (record(name), content.bytes().into());
                now(storage.set(name.as_bytes(), record, Keep::default())).unwrap();
                false
            }
            Step::Delete(name) => {
                now(storage.delete(record(name).as_bytes())).unwrap();
                false
            }
            Step::Invalidate(name, bits) => {
                now(storage.replace_tokens(&[(tag(name).as_bytes(), token(bits))])).unwrap();
                true
            }
            Step::Flush => {
                now(storage.flush()).unwrap();
                true
            }
        };
        if is_acknowledged {
            out.write_all(format!("done {}.\n", number + 1).as_bytes()).unwrap();
            out.flush().unwrap();
        }
    }
    unreachable!("the steps have no end")
}

fn entries(storage: &RocksDbStorage) -> BTreeMap<String, Vec<u8>> {
    let record = |name: String| {
        let found = now(storage.get(name.as_bytes())).unwrap().expect("it was listed");
        (name, found.record.to_vec())
    };
    names(storage, b"").into_iter().map(record).collect()
}

fn record(name: u64) -> String {
    format!("users:{name}")
}

fn tag(name: u64) -> String {
    format!("%t:users:{name}")
}

fn token(bits: u64) -> Token {
    let bits = bits.to_le_bytes();
    Token([bits, bits].concat().try_into().unwrap())
}

const NAME: &str = "h_30_what_a_flush_acknowledged_survives_200_kills_and_nothing_is_half_written";
const CHILD: &str = "CACHEFN_ROCKSDB_CHILD";
const SEED: &str = "CACHEFN_ROCKSDB_SEED";
const NAMES: u64 = 60;
