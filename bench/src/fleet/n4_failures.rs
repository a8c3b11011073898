//! N4: tasks that call a cached function while Redis stands still, and while it is gone.

use std::thread;
use std::time::{Duration, Instant};

use cachefn_core::Storage;
use cachefn_redis::Redis;
use cachefn_servers::Server;
use cachefn_tokio::{Guarded, Outbox, TokioRuntime};
use serde_json::{Value, json};
use tokio::runtime::{Builder, Runtime};

use super::callers::{Callers, Done, Terms};
use super::place::{cache, text, value};
use crate::bars::Bar;
use crate::report::Section;
use crate::table::Table;

/// # Errors
/// The server cannot be reached before it is broken, or does not come back.
pub fn run(seed: u64, quick: bool) -> Result<Section, String> {
    let lasts = Duration::from_millis(if quick { 1_000 } else { 3_000 });
    let title = format!(
        "N4  {TASKS} tasks call a cached function, {} ms for a read; Redis broken for {} s",
        READ.as_millis(),
        lasts.as_secs()
    );
    let head = ["ms a call", "calls", "p50", "p99", "longest", "failed", "sets", "lost"];
    let (mut table, mut section) = (Table::new(title, head), Section::new(json!({})));
    for fault in [Fault::Stands, Fault::Gone, Fault::Emptied] {
        let [before, during, after] = scene(fault, seed, lasts)?;
        let name = fault.name();
        for (when, part) in [("before", &before), (name, &during), ("afterwards", &after)] {
            table.row(part.row(when));
        }
        let mut bar = |what: &str, measured, most| {
            section.bars.push(Bar::at_most("N4", format!("{name}: {what}"), measured, most));
        };
        let most = READ.as_secs_f64() * 1e3 + 5.0;
        bar("p99 of calls, ms", during.at(0.99), most);
        let failed = before.failed + during.failed + after.failed;
        bar("failed calls and sets", failed as f64, 0.0);
        bar("accepted sets lost after recovery", (during.lost + after.lost) as f64, 0.0);
        section.figures[name] =
            [before, during, after].iter().map(Part::figures).collect::<Value>();
    }
    section.tables.push(table);
    Ok(section)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Fault {
    Stands,
    /// It is killed, and comes back with what it had saved.
    Gone,
    /// It is killed, and comes back without the tokens that valid records have, too.
    Emptied,
}

impl Fault {
    fn name(self) -> &'static str {
        match self {
            Fault::Stands => "while it stands still",
            Fault::Gone => "while it is gone",
            Fault::Emptied => "while it is gone, empty then",
        }
    }
}

/// What was felt before, during and after a fault.
fn scene(fault: Fault, seed: u64, lasts: Duration) -> Result<[Part; 3], String> {
    let server = Server::start();
    let tokio = Builder::new_multi_thread().worker_threads(2).enable_all().build().map_err(text)?;
    let runtime = TokioRuntime::new(tokio.handle().clone());
    let redis = tokio.block_on(Redis::connect(server.url())).map_err(text)?;
    let guarded = Guarded::builder(redis.storage(), runtime.clone());
    let guarded = guarded.timeout(READ).probe_every(PROBE).build().map_err(text)?;
    let health = guarded.health();
    let outbox = Outbox::new(guarded, runtime).health(&health);
    let outbox = tokio.block_on(outbox.build()).map_err(text)?;
    let own = cache("calls", outbox.clone())?;
    let callers = Callers::start(&tokio, &own, Terms { tasks: TASKS, keys: KEYS, seed });

    thread::sleep(QUIET);
    let broken = Instant::now();
    match fault {
        Fault::Stands => server.stop(),
        Fault::Gone => {
            server.cli(&["SAVE"]);
            server.kill();
        }
        Fault::Emptied => server.kill(),
    }
    let is_broken = Instant::now();
    thread::sleep(lasts);
    let mended = Instant::now();
    match fault {
        Fault::Stands => server.cont(),
        Fault::Gone | Fault::Emptied => server.restart(),
    }
    thread::sleep(QUIET);
    let done = callers.end(&tokio);
    let began = Instant::now();
    while tokio.block_on(outbox.flush()).is_err() || outbox.pending().entries > 0 {
        if began.elapsed() > PATIENCE {
            return Err(format!("the outbox does not become empty: {:?}", outbox.pending()));
        }
        thread::sleep(Duration::from_millis(20));
    }
    let missing = missing(&tokio, &redis, &done)?;
    let mut parts = [(); 3].map(|()| Part::default());
    for (done, is_missing) in done.iter().zip(missing) {
        // What a server had that was killed is not there any more, by its nature.
        let could_stay = fault == Fault::Stands || done.began >= is_broken;
        let at = match done.began {
            _ if done.ended < broken => 0,
            began if began > mended => 2,
            _ => 1,
        };
        parts[at].add(done, is_missing && could_stay);
    }
    parts.iter_mut().for_each(|part| part.millis.sort_by(f64::total_cmp));
    Ok(parts)
}

/// Whether the server lacks what was set, asked by a cache whose memory is empty.
fn missing(tokio: &Runtime, redis: &Redis, done: &[Done]) -> Result<Vec<bool>, String> {
    let fresh = cache("calls", redis.storage())?;
    let mut missing = Vec::with_capacity(done.len());
    for some in done.chunks(1_000) {
        let keys: Vec<u64> = some.iter().map(|done| done.key).collect();
        let found = tokio.block_on(fresh.get_many(&keys)).map_err(text)?;
        let there = some.iter().zip(found).map(|(done, found)| found == Some(value(done.key)));
        missing.extend(there.zip(some).map(|(there, done)| accepted(done) && !there));
    }
    Ok(missing)
}

/// Whether this is a set that the cache has promised to keep.
fn accepted(done: &Done) -> bool {
    done.is_set && !done.has_failed
}

/// What was felt in one part of a scene.
#[derive(Default)]
struct Part {
    /// Of the calls.
    millis: Vec<f64>,
    failed: usize,
    sets: usize,
    lost: usize,
}

impl Part {
    fn add(&mut self, done: &Done, is_lost: bool) {
        self.failed += usize::from(done.has_failed);
        self.lost += usize::from(is_lost);
        if done.is_set {
            self.sets += 1;
        } else {
            self.millis.push((done.ended - done.began).as_secs_f64() * 1e3);
        }
    }

    /// What this part of the calls took at most.
    fn at(&self, part: f64) -> f64 {
        let last = self.millis.len().saturating_sub(1);
        self.millis.get((last as f64 * part).ceil() as usize).copied().unwrap_or(f64::NAN)
    }

    fn row(&self, when: &str) -> [String; 8] {
        let [half, most, all] = [0.5, 0.99, 1.0].map(|part| format!("{:.2}", self.at(part)));
        let counts = [self.failed, self.sets, self.lost].map(|count| count.to_string());
        let [failed, sets, lost] = counts;
        [when.to_string(), self.millis.len().to_string(), half, most, all, failed, sets, lost]
    }

    fn figures(&self) -> Value {
        json!({
            "calls": self.millis.len(), "p50_ms": self.at(0.5), "p99_ms": self.at(0.99),
            "longest_ms": self.at(1.0), "failed": self.failed, "sets": self.sets, "lost": self.lost,
        })
    }
}

const TASKS: usize = 64;
/// So many that few are in memory.
const KEYS: u32 = 200_000;
/// How long a call of the storage may take.
const READ: Duration = Duration::from_millis(50);
/// How long the storage is left alone when it fails.
const PROBE: Duration = Duration::from_millis(200);
/// Before and after.
const QUIET: Duration = Duration::from_millis(700);
const PATIENCE: Duration = Duration::from_secs(20);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantile_is_never_below_its_part_of_the_calls() {
        let millis = (1..=200).map(f64::from).collect();
        let part = Part { millis, ..Part::default() };
        assert_eq!((part.at(0.5), part.at(0.99), part.at(1.0)), (101.0, 199.0, 200.0));
        assert!(Part::default().at(0.99).is_nan());
    }
}
