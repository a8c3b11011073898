//! N7: many writes while Redis is away, kept by an outbox with a log, and the memory that takes.

use std::fs;
use std::time::{Duration, Instant};

use cachefn_core::{Cache, EntryOptions, Storage, Tier};
use cachefn_redis::Redis;
use cachefn_servers::Server;
use cachefn_tokio::{Durability, Guarded, Log, Outbox, TokioRuntime};
use serde_json::{Value, json};
use tokio::runtime::Builder;

use super::other::Other;
use super::place::{cache, text};
use crate::bars::Bar;
use crate::folder::Folder;
use crate::report::Section;
use crate::table::Table;

/// The word by which the process is asked for whose memory is looked at.
pub const OUTAGE: &str = "outage";

/// # Errors
/// The process fails, or the server does not come back.
pub fn run(quick: bool) -> Result<Section, String> {
    let writes: usize = if quick { 50_000 } else { 1_000_000 };
    // What does not fit waits on the disk alone: there it is most of it.
    let max_mib: usize = if quick { 4 } else { 64 };
    let title = format!(
        "N7  {writes} sets of {VALUE} bytes, nine tenths while Redis is gone; outbox with a log"
    );
    let head = [
        "",
        "seconds",
        "until written",
        "there",
        "lost",
        "on disk alone",
        "MiB grown",
        "by its account",
        "max_bytes",
    ];
    let (mut table, mut section) = (Table::new(title, head), Section::new(json!({})));
    for keys in [writes / 10, writes] {
        let figures =
            Other::start(&[OUTAGE, &writes.to_string(), &keys.to_string(), &max_mib.to_string()]);
        let figures = figures?.figures()?;
        let at = |name: &str| figures[name].as_f64().unwrap_or(f64::NAN);
        let name = format!("{keys} keys");
        let lost = at("lost");
        let shown = ["seconds", "until_written"].map(|name| format!("{:.1}", at(name)));
        let sizes = ["grown_mib", "own_mib", "max_mib"].map(|name| format!("{:.0}", at(name)));
        let counts = [keys as f64 - lost, lost, at("on_disk")].map(|count| format!("{count:.0}"));
        let row = [name.clone()].into_iter().chain(shown).chain(counts);
        table.row(row.chain(sizes));
        section.bars.push(Bar::at_most("N7", format!("{name}: values lost"), lost, 0.0));
        let what = format!("{name}: MiB grown, max_bytes and {MARGIN_MIB}");
        let most = at("max_mib") + MARGIN_MIB;
        section.bars.push(Bar::at_most("N7", what, at("grown_mib"), most));
        section.figures[name] = figures;
    }
    section.tables.push(table);
    Ok(section)
}

/// The process whose memory is looked at: writes, waits, and counts what is missing.
///
/// # Errors
/// The server cannot be reached before it is broken, or does not come back.
pub fn survive(writes: &str, keys: &str, max_mib: &str) -> Result<Value, String> {
    let words = [writes, keys, max_mib].map(|word| word.parse::<usize>().map_err(text));
    let [writes, keys, max_mib] = words;
    let (writes, keys, max_bytes) = (writes?, keys?, max_mib? << 20);
    let (server, folder) = (Server::start(), Folder::new("n7")?);
    let tokio = Builder::new_current_thread().enable_all().build().map_err(text)?;
    let runtime = TokioRuntime::new(tokio.handle().clone());
    let redis = tokio.block_on(Redis::connect(server.url())).map_err(text)?;
    let guarded = Guarded::builder(redis.storage(), runtime.clone()).probe_every(PROBE);
    let guarded = guarded.build().map_err(text)?;
    let health = guarded.health();
    let log = Log::builder(folder.file("log")).durability(Durability::EachBatch);
    let log = log.max_bytes((4 * writes * LINE).max(64 << 20) as u64).open();
    let outbox = Outbox::new(guarded, runtime).health(&health).log(log.map_err(text)?);
    let outbox = outbox.max_bytes(max_bytes);
    let outbox = tokio.block_on(outbox.build()).map_err(text)?;
    let own = cache("outage", outbox.clone())?;
    tokio.block_on(own.set(0, written(0, keys))).map_err(text)?;

    let before = resident("VmRSS:");
    let (began, mut most, mut on_disk) = (Instant::now(), 0, 0);
    // Its tokens are there again, too, without which no record is valid.
    server.cli(&["SAVE"]);
    server.kill();
    for write in 0..writes {
        if write == writes / 10 * 9 {
            let pending = outbox.pending();
            (most, on_disk) = (pending.bytes, pending.on_disk);
            server.begin();
        }
        let key = (write % keys) as u64;
        let options = EntryOptions::new().tier(Tier::Storage);
        tokio.block_on(own.set_with(key, written(write, keys), options)).map_err(text)?;
    }
    most = most.max(outbox.pending().bytes);
    let seconds = began.elapsed().as_secs_f64();
    let waiting = Instant::now();
    while tokio.block_on(outbox.flush()).is_err() || outbox.pending().entries > 0 {
        if waiting.elapsed() > PATIENCE {
            return Err(format!("the outbox does not become empty: {:?}", outbox.pending()));
        }
        tokio.block_on(tokio::time::sleep(Duration::from_millis(20)));
    }
    let until_written = waiting.elapsed().as_secs_f64();
    let grown = resident("VmHWM:") - before;
    let fresh = cache("outage", redis.storage())?;
    let lost = tokio.block_on(lost(&fresh, writes, keys))?;
    let mib = |bytes: usize| bytes as f64 / f64::from(1 << 20);
    Ok(json!({
        "seconds": seconds, "until_written": until_written, "lost": lost,
        "on_disk": on_disk, "dropped": outbox.pending().dropped,
        "grown_mib": grown, "own_mib": mib(most), "max_mib": mib(max_bytes),
    }))
}

/// Keys that do not have what was written last, asked by a cache whose memory is empty.
async fn lost(cache: &Cache<u64, String>, writes: usize, keys: usize) -> Result<usize, String> {
    let all: Vec<u64> = (0..keys as u64).collect();
    let mut lost = 0;
    for some in all.chunks(1_000) {
        let found = cache.get_many(some).await.map_err(text)?;
        let last = |key: u64| written(last_of(key as usize, writes, keys), keys);
        let there = some.iter().zip(found).filter(|(key, found)| *found == Some(last(**key)));
        lost += some.len() - there.count();
    }
    Ok(lost)
}

/// The number of the last write of a key.
fn last_of(key: usize, writes: usize, keys: usize) -> usize {
    key + (writes - 1 - key) / keys * keys
}

/// What a write writes: 100 bytes that tell the key and which of its writes it was.
fn written(write: usize, keys: usize) -> String {
    format!("{:8} {:0width$}", write / keys, write % keys, width = VALUE - 9)
}

/// MiB of this process, as the operating system sees it; NaN where that has no such file.
fn resident(field: &str) -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(field));
    let kib = line.and_then(|line| line.trim().strip_suffix("kB")?.trim().parse::<f64>().ok());
    kib.map_or(f64::NAN, |kib| kib / 1024.0)
}

const VALUE: usize = 100;
/// A value with its record, its name and those of its tokens, in the log: about 200 are used.
const LINE: usize = 256;
/// For the allocator, the log and the connection.
const MARGIN_MIB: f64 = 32.0;
const PROBE: Duration = Duration::from_millis(200);
const PATIENCE: Duration = Duration::from_secs(300);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_write_of_a_key_is_the_one_that_nobody_follows() {
        assert_eq!([0, 1, 2].map(|key| last_of(key, 8, 3)), [6, 7, 5]);
        assert_eq!(written(7, 3).len(), VALUE);
        assert_ne!(written(7, 3), written(4, 3));
    }
}
