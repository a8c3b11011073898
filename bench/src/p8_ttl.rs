//! P8: what a life span adds to a hit. What reclaiming the dead costs is in `p8_reclaiming`.
//!
//! A hit that minds a life span reads the clock, and reading it keeps the processor from starting
//! the next hit meanwhile: where hits wait for memory that costs far more than the reading alone. So
//! the measure is the same cache without life spans, in a loop that reads the clock before each hit.

use std::hint::black_box;
use std::rc::Rc;
use std::time::{Duration, Instant};

use cachefn_core::{Clock, SystemClock};
use serde_json::{Value, json};

use crate::bars::Bar;
use crate::measure::{Cost, Costs, interleaved, timed};
use crate::p8_reclaiming;
use crate::peers::{self, Kind, Peer};
use crate::random::Random;
use crate::report::Section;
use crate::table::Table;

pub fn run(seed: u64, quick: bool) -> Section {
    let (rounds, reads) = if quick { (3, 1 << 18) } else { (11, 1 << 20) };
    let mut section = Section::new(json!({}));
    let mut hits = Vec::new();
    for (label, keys) in SIZES {
        let mut random = Random::new(seed);
        let asked: Vec<u32> = (0..reads).map(|_| random.below(keys)).collect();
        let mut contenders = contenders(keys);
        let costs = interleaved(&mut contenders, rounds, |contender, _| contender.cost(&asked));
        let rows: Vec<Row> = contenders.into_iter().map(|own| own.name).zip(costs).collect();
        let (table, beyond) = extra(label, &rows);
        section.tables.push(table);
        let what = format!("ns a TTL adds to a hit beyond one clock read, {label}");
        section.bars.push(Bar::at_most("P8", what, beyond, 3.0));
        let find = |name: &str| rows.iter().find(|(own, _)| own == name).map(|(_, costs)| costs);
        let coarse = find(COARSE).zip(find(&peers::default_name()));
        let added = coarse.map_or(f64::NAN, |(coarse, plain)| coarse.beyond(&[plain]));
        let what = format!("ns a TTL adds to a hit with the coarse clock, {label}");
        section.bars.push(Bar::at_most("P8", what, added, 3.0));
        hits.push(json!({ "keys": label, "cpu_ns": rows.iter().map(figures).collect::<Value>() }));
    }
    let reclaiming = p8_reclaiming::run(quick);
    section.tables.extend(reclaiming.tables);
    section.bars.extend(reclaiming.bars);
    section.figures = json!({ "hits": hits, "reclaiming": reclaiming.figures });
    section
}

/// What takes turns: a cache, or a clock that is read as often as the cache is asked.
struct Contender {
    name: String,
    work: Work,
}

enum Work {
    Reads(Rc<dyn Peer>),
    ReadsAndClock(Rc<dyn Peer>),
    Clock(Box<dyn Clock>),
    Instant,
}

type Row = (String, Costs);

impl Contender {
    fn cost(&self, asked: &[u32]) -> Cost {
        let count = asked.len();
        match &self.work {
            Work::Reads(cache) => {
                cache.read(&asked[..count / 4]);
                let (cost, hits) = timed(count, || cache.read(asked));
                assert_eq!(hits, count, "{} lost entries: these would not be hits", self.name);
                cost
            }
            Work::ReadsAndClock(cache) => {
                let clock = SystemClock::new();
                cache.read(&asked[..count / 4]);
                timed(count, || cache.read_and_ask_the_time(asked, &clock)).0
            }
            Work::Clock(clock) => {
                timed(count, || {
                    for _ in 0..count {
                        black_box(clock.mono_ms());
                    }
                })
                .0
            }
            Work::Instant => {
                timed(count, || {
                    for _ in 0..count {
                        black_box(Instant::now());
                    }
                })
                .0
            }
        }
    }
}

fn contenders(keys: u32) -> Vec<Contender> {
    let clock = Work::Clock(Box::new(SystemClock::new()));
    let mut all = vec![
        Contender { name: CLOCK.into(), work: clock },
        Contender { name: "Instant::now".into(), work: Work::Instant },
    ];
    let ids: Vec<u32> = (0..keys).collect();
    let default = peers::default_name();
    let measured = |kind: &Kind| !kind.name.starts_with("cachefn") || kind.name == default;
    for kind in peers::all().into_iter().filter(measured) {
        let Some(with_ttl) = &kind.with_ttl else { continue };
        let timed: Box<dyn Peer> = with_ttl(2 * keys as usize, HOUR);
        let plain = kind.make_to_hold(keys as usize);
        let (plain, timed): (Rc<dyn Peer>, Rc<dyn Peer>) = (plain.into(), timed.into());
        plain.write(&ids);
        timed.write(&ids);
        let asking = Work::ReadsAndClock(Rc::clone(&plain));
        all.extend([
            Contender { name: kind.name.clone(), work: Work::Reads(plain) },
            Contender { name: with(&kind.name, ASKING), work: asking },
            Contender { name: with(&kind.name, TTL), work: Work::Reads(timed) },
        ]);
    }
    let coarse: Rc<dyn Peer> = peers::with_coarse_clock(2 * keys as usize, HOUR).into();
    coarse.write(&ids);
    all.push(Contender { name: COARSE.into(), work: Work::Reads(coarse) });
    all
}

/// The table, and what a TTL adds to our hit beyond one reading of the clock.
fn extra(label: &str, rows: &[Row]) -> (Table, f64) {
    let find = |name: &str| rows.iter().find(|(own, _)| own == name).map(|(_, costs)| costs);
    let title = format!("P8  hits with and without a TTL, {label}, ns of CPU time");
    let head = ["", "no TTL", "no TTL, but a clock read", "TTL", "TTL beyond a clock read"];
    let mut table = Table::new(title, head);
    let mut ours = f64::NAN;
    for (name, costs) in rows {
        let median = |costs: &Costs| format!("{:.1}", costs.median().cpu);
        if let Some((asking, ttl)) = find(&with(name, ASKING)).zip(find(&with(name, TTL))) {
            let beyond = ttl.beyond(&[asking]);
            let cells = [median(costs), median(asking), median(ttl), format!("{beyond:+.1}")];
            table.row([name.clone()].into_iter().chain(cells));
            if *name == peers::default_name() {
                ours = beyond;
            }
        } else if name == COARSE {
            table.row([name, "", "", &*median(costs)]);
        } else if !name.ends_with(TTL) && !name.ends_with(ASKING) {
            table.row([name.clone(), median(costs)]);
        }
    }
    (table, ours)
}

fn figures((name, costs): &Row) -> Value {
    json!({ "name": name, "ns": costs.median().cpu })
}

fn with(name: &str, what: &str) -> String {
    format!("{name}{what}")
}

const TTL: &str = ", TTL";
const COARSE: &str = "cachefn, TTL, CoarseClock";
const HOUR: Duration = Duration::from_secs(3600);
const ASKING: &str = ", a clock read";
const CLOCK: &str = "one read of SystemClock";
const SIZES: [(&str, u32); 2] = [("1k keys", 1_000), ("100k keys", 100_000)];
