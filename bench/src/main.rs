//! cachefn beside other caches: `cargo run --release -- --help`.

// Futures of the cache, awaited within one another, are nested deeper than the compiler looks by itself.
#![recursion_limit = "256"]

mod allocator;
mod bars;
mod curves;
mod fleet;
mod folder;
mod generated;
mod identifiers;
mod looks;
mod measure;
mod n3_file;
mod numbers;
#[path = "../../native/cachefn/src/cli/replay/optimum.rs"]
mod optimum;
mod options;
mod p10_tags;
mod p1_hits;
mod p2_read_through;
mod p3_latencies;
mod p4_insertions;
mod p5_memory;
mod p6_hit_ratios;
mod p7;
mod p8_reclaiming;
mod p8_ttl;
mod p9_asynchronous;
mod peers;
mod pinned;
#[path = "../../native/cachefn/src/cli/replay/plot/mod.rs"]
mod plot;
mod random;
mod ratios;
mod replay;
mod report;
mod requests;
#[path = "../../native/cachefn/src/cli/replay/size.rs"]
mod size;
mod table;
#[path = "../../native/cachefn/src/cli/replay/trace.rs"]
mod trace;
mod traces;
mod weigh;
mod workload;
mod zipf;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs};

use serde_json::{Value, json};

use bars::Bar;
use options::{Measure, NAMES, Task};
use report::Section;

#[global_allocator]
static ALLOCATOR: allocator::Counting = allocator::Counting;

fn main() -> ExitCode {
    let failed = |error| (format!("bench: {error}"), 1);
    let outcome = options::parse(env::args().skip(1)).and_then(|task| match task {
        Task::Measure(options) => measure(options).map_err(failed),
        Task::Replay(task) => {
            let shown = replay::run(&task).and_then(|plot| keep("replay.svg", &plot, None));
            shown.map_err(failed)
        }
        Task::Weigh { cache, scene } => weigh::serve(&cache, &scene).map_err(failed),
        Task::Fleet(words) => fleet::serve(&words).map_err(failed),
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err((text, 0)) => {
            println!("{text}");
            ExitCode::SUCCESS
        }
        Err((text, code)) => {
            eprintln!("{text}");
            code.into()
        }
    }
}

fn measure(options: Measure) -> Result<(), String> {
    println!("seed {SEED:#x}; medians of interleaved rounds; peers as pinned\n");
    println!("{}", pinned::table());
    let mut bars: Vec<Bar> = Vec::new();
    let mut figures = json!({ "seed": SEED, "quick": options.quick, "peers": pinned::versions() });
    for name in NAMES.into_iter().filter(|name| options.wants(name)) {
        let section = section(name, &options)?;
        section.tables.iter().for_each(|table| println!("{table}"));
        for (file, plot) in &section.plots {
            keep(file, plot, options.plots.as_deref())?;
        }
        figures[name] = section.figures;
        bars.extend(section.bars);
    }
    println!("{}", bars::table(&bars));
    println!("{}", bars::verdict(&bars));
    figures["bars"] = bars.iter().map(Bar::figures).collect::<Value>();
    keep("rust.json", &figures.to_string(), None)
}

fn section(name: &str, options: &Measure) -> Result<Section, String> {
    let quick = options.quick;
    Ok(match name {
        "p1" => p1_hits::run(SEED, quick),
        "p2" => p2_read_through::run(SEED, quick),
        "p3" => p3_latencies::run(SEED, quick),
        "p4" => p4_insertions::run(quick),
        "p5" => p5_memory::run()?,
        "p7" => p7::run(SEED, quick),
        "p8" => p8_ttl::run(SEED, quick),
        "p9" => p9_asynchronous::run(SEED, quick),
        "n3" => n3_file::run(SEED, quick)?,
        "p10" => p10_tags::run(SEED, quick)?,
        name if fleet::NAMES.contains(&name) => fleet::run(name, SEED, quick)?,
        _ => p6_hit_ratios::run(SEED, quick, options.traces.clone())?,
    })
}

/// Writes a file into the results, and into a second folder if there is one.
fn keep(name: &str, text: &str, second: Option<&Path>) -> Result<(), String> {
    let results = Path::new(env!("CARGO_MANIFEST_DIR")).join("results");
    for folder in [Some(results), second.map(PathBuf::from)].into_iter().flatten() {
        let file = folder.join(name);
        let written = fs::create_dir_all(&folder).and_then(|()| fs::write(&file, text));
        written.map_err(|error| format!("write {}: {error}", file.display()))?;
    }
    Ok(())
}

/// Of all random numbers here.
const SEED: u64 = 0x0CAC_4EF0;
