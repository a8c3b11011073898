//! N1: get and set through the cache beside the bare client, one call after the other.

use cachefn_core::{Cache, EntryOptions, Tier};
use redis::{Script, cmd, pipe};
use serde_json::json;

use super::place::{LENGTH, LIFE, Place, WELL, cache, value};
use super::trips::{Trips, count};
use crate::bars::Bar;
use crate::measure::{Costs, interleaved, timed_in_all_threads};
use crate::report::Section;
use crate::table::Table;

/// # Errors
/// The server cannot be reached.
pub fn run(quick: bool) -> Result<Section, String> {
    let (rounds, calls) = if quick { (11, 500) } else { (31, 2_000) };
    let both = Both::new()?;
    let title = format!(
        "N1  get and set of {LENGTH} bytes over Redis, past memory; ratio of times on the wall"
    );
    let head = ["µs each", "client: wall", "cpu", "its commands alone", "cpu", "cachefn", "cpu"];
    let last = ["ratio", "alone", "round trips", "commands"];
    let mut table = Table::new(title, head.into_iter().chain(last));
    let mut section = Section::new(json!({}));
    for cell in CELLS {
        let costs = both.cell(cell, rounds, calls);
        let trips = both.trips(cell, calls);
        let [bare, alone, own] = &costs;
        let (ratio, least) = (own.wall_ratio(bare), alone.wall_ratio(bare));
        let micros: Vec<f64> = costs
            .iter()
            .flat_map(|costs| [costs.median().wall / 1e3, costs.median().cpu / 1e3])
            .collect();
        let name = cell.name();
        let shown = micros.iter().map(|micros| format!("{micros:.1}"));
        let last = [ratio, least, trips.packets].map(|figure| format!("{figure:.2}"));
        let row = [name.to_string()].into_iter().chain(shown).chain(last);
        table.row(row.chain([trips.commands]));
        section.bars.push(Bar::at_most("N1", format!("{name}, x the bare client"), ratio, 1.1));
        let what = format!("round trips of a {name}");
        section.bars.push(Bar::at_most("N1", what, trips.packets, 1.0));
        section.figures[name] =
            json!({ "us": micros, "ratio": ratio, "alone": least, "round_trips": trips.packets });
    }
    section.tables.push(table);
    Ok(section)
}

#[derive(Clone, Copy)]
struct Cell {
    is_set: bool,
    has_tag: bool,
}

const CELLS: [Cell; 4] = [
    Cell { is_set: false, has_tag: false },
    Cell { is_set: false, has_tag: true },
    Cell { is_set: true, has_tag: false },
    Cell { is_set: true, has_tag: true },
];

impl Cell {
    fn name(self) -> &'static str {
        match (self.is_set, self.has_tag) {
            (false, false) => "get",
            (false, true) => "get with a tag",
            (true, false) => "set",
            (true, true) => "set with a tag",
        }
    }

    fn options(self) -> EntryOptions {
        let options = EntryOptions::new().tier(Tier::Storage);
        if self.has_tag { options.tag("team:7") } else { options }
    }
}

#[derive(Clone, Copy)]
enum Contender {
    Bare,
    /// The client alone, with the commands that the storage sends.
    Alone,
    Own,
}

/// The client and the caches, each full of the same values.
struct Both {
    place: Place,
    plain: Cache<u64, String>,
    tagged: Cache<u64, String>,
    script: Script,
}

impl Both {
    fn new() -> Result<Self, String> {
        let place = Place::new()?;
        let plain = cache("users", place.redis.storage())?;
        let tagged = cache("teams", place.redis.storage())?;
        let script = Script::new(SCRIPT);
        let both = Both { place, plain, tagged, script };
        for cell in CELLS.into_iter().filter(|cell| cell.is_set) {
            both.run(cell, Contender::Bare, KEYS as usize);
            both.run(cell, Contender::Own, KEYS as usize);
        }
        Ok(both)
    }

    fn cell(&self, cell: Cell, rounds: usize, calls: usize) -> [Costs; 3] {
        let costs = interleaved(
            &mut [Contender::Bare, Contender::Alone, Contender::Own],
            rounds,
            |contender, _| timed_in_all_threads(calls, || self.run(cell, *contender, calls)).0,
        );
        costs.try_into().expect("there are three")
    }

    fn trips(&self, cell: Cell, calls: usize) -> Trips {
        count(&self.place.server, calls, || self.run(cell, Contender::Own, calls))
    }

    fn run(&self, cell: Cell, contender: Contender, calls: usize) {
        self.place.tokio.block_on(async {
            for call in 0..calls {
                let key = call as u64 % KEYS;
                match contender {
                    Contender::Bare => self.ask(cell, key).await,
                    Contender::Alone => self.ask_all(cell, key).await,
                    Contender::Own => self.call(cell, key).await,
                }
            }
        });
    }

    async fn ask(&self, cell: Cell, key: u64) {
        let (mut bare, name) = (self.place.bare.clone(), format!("bare:{key}"));
        if cell.is_set {
            let mut set = cmd("SET");
            set.arg(name).arg(value(key)).arg("PX").arg(LIFE.as_millis() as u64);
            let () = set.query_async(&mut bare).await.expect(WELL);
        } else {
            let found: String = cmd("GET").arg(name).query_async(&mut bare).await.expect(WELL);
            assert_eq!(found.len(), LENGTH);
        }
    }

    /// In one packet, as the storage does: a record with tags is read by a script, which is `EVALSHA` with
    /// the same commands.
    async fn ask_all(&self, cell: Cell, key: u64) {
        let (mut bare, name) = (self.place.bare.clone(), format!("bare:{key}"));
        let mut pipeline = pipe();
        match (cell.is_set, cell.has_tag) {
            (false, false) => {
                pipeline.cmd("PTTL").arg(&name).cmd("GET").arg(&name).cmd("GET").arg("bare:0");
                let found: (i64, String, String) =
                    pipeline.query_async(&mut bare).await.expect(WELL);
                assert_eq!(found.1.len(), LENGTH);
            }
            (false, true) => {
                let found: String =
                    self.script.key(name).invoke_async(&mut bare).await.expect(WELL);
                assert_eq!(found.len(), LENGTH);
            }
            (true, has_tag) => {
                let life = LIFE.as_millis() as u64;
                pipeline.cmd("SET").arg(name).arg(value(key)).arg("PX").arg(life).ignore();
                for tag in ["bare:0", "bare:1"].iter().filter(|_| has_tag) {
                    pipeline.cmd("PEXPIRE").arg(tag).arg(life).arg("GT").ignore();
                }
                pipeline.cmd("MGET").arg("bare:2").ignore();
                let () = pipeline.query_async(&mut bare).await.expect(WELL);
            }
        }
    }

    async fn call(&self, cell: Cell, key: u64) {
        let cache = if cell.has_tag { &self.tagged } else { &self.plain };
        if cell.is_set {
            cache.set_with(key, value(key), cell.options()).await.expect(WELL);
        } else {
            // The fetcher's value is too short, so that a miss is noticed.
            let options = EntryOptions::new().tier(Tier::Storage);
            let found = cache.get_or_fetch_with(&key, options, |_| async { String::new() }).await;
            assert_eq!(found.len(), LENGTH);
        }
    }
}

const KEYS: u64 = 100;
/// What a read with tags asks for at least.
const SCRIPT: &str = "\
local record = redis.call('GET', KEYS[1])
redis.call('PTTL', KEYS[1])
redis.call('MGET', KEYS[1], KEYS[1], KEYS[1])
return record";
