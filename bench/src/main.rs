//! cachefn beside other caches: `cargo run --release -- --help`.

mod generated;
mod measure;
mod optimum;
mod options;
mod p1_hits;
mod p2_read_through;
mod p4_insertions;
mod p6_hit_ratios;
mod peers;
mod random;
mod report;
mod traces;
mod zipf;

use std::path::Path;
use std::process::ExitCode;
use std::{env, fs};

use serde_json::json;

use options::{NAMES, Options};
use report::{Bar, Section, Stage, bars_table};

fn main() -> ExitCode {
    let outcome = options::parse(env::args().skip(1))
        .and_then(|options| run(options).map_err(|error| (format!("bench: {error}"), 1)));
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

fn run(options: Options) -> Result<(), String> {
    println!(
        "seed {SEED:#x}; medians of interleaved rounds; peers as pinned:\n  {}\n",
        pinned().join(", ")
    );
    println!("{HASHERS}\n");
    let mut bars: Vec<Bar> = Vec::new();
    let mut figures = json!({ "seed": SEED, "quick": options.quick, "peers": pinned() });
    for name in NAMES.into_iter().filter(|name| options.wants(name)) {
        let section = measure(name, &options)?;
        section.tables.iter().for_each(|table| println!("{table}"));
        figures[name] = section.figures;
        bars.extend(section.bars);
    }
    println!("{}", bars_table("Bars of this version", &bars, Stage::ThisVersion));
    println!("{}", bars_table("Bars of the finished product", &bars, Stage::Goal));
    figures["bars"] = bars.iter().map(Bar::figures).collect();
    write(&figures.to_string())
}

fn measure(name: &str, options: &Options) -> Result<Section, String> {
    match name {
        "p1" => Ok(p1_hits::run(SEED, options.quick)),
        "p2" => Ok(p2_read_through::run(SEED, options.quick)),
        "p4" => Ok(p4_insertions::run(options.quick)),
        _ => p6_hit_ratios::run(SEED, options.traces.clone()),
    }
}

fn write(figures: &str) -> Result<(), String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("results");
    let file = folder.join("rust.json");
    let written = fs::create_dir_all(&folder).and_then(|()| fs::write(&file, figures));
    written.map_err(|error| format!("write {}: {error}", file.display()))
}

/// The pinned peers, as the manifest has them.
fn pinned() -> Vec<String> {
    let peer = |line: &str| {
        let (name, rest) = line.split_once(" = ")?;
        let (_, version) = rest.split_once("\"=")?;
        let (version, _) = version.split_once('"')?;
        PEERS.contains(&name).then(|| format!("{name} {version}"))
    };
    include_str!("../Cargo.toml").lines().filter_map(peer).collect()
}

const PEERS: [&str; 4] = ["cached", "foyer-memory", "moka", "quick_cache"];

/// Each cache is measured as its users get it, so the hashers differ; the difference is a few ns.
const HASHERS: &str =
    "default hashers: cachefn and quick_cache foldhash, cached aHash, foyer XxHash64, moka SipHash";

/// Of all random numbers here.
const SEED: u64 = 0x0CAC_4EF0;
