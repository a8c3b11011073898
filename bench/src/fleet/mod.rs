//! What stands on servers: storages, buses and outboxes, measured over a Redis that is started for it.

mod callers;
mod n1_calls;
mod n2_many;
mod n4_failures;
mod n6_coherence;
mod n7_outage;
mod n8_configured;
mod other;
mod place;
mod trips;

use crate::report::Section;

/// The measurements in this folder.
pub const NAMES: [&str; 6] = ["n1", "n2", "n4", "n6", "n7", "n8"];

/// # Errors
/// There is no Redis, or a connection to it fails where nothing was broken.
pub fn run(name: &str, seed: u64, quick: bool) -> Result<Section, String> {
    place::is_installed()?;
    match name {
        "n1" => n1_calls::run(quick),
        "n2" => n2_many::run(quick),
        "n4" => n4_failures::run(seed, quick),
        "n6" => n6_coherence::run(quick),
        "n7" => n7_outage::run(quick),
        "n8" => n8_configured::run(seed, quick),
        other => Err(format!("no measurement {other:?} of servers")),
    }
}

/// The other process of a measurement: prints its figures.
///
/// # Errors
/// The words mean nothing, or what they ask for fails.
pub fn serve(words: &[String]) -> Result<(), String> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let figures = match words[..] {
        [n6_coherence::HEAR, way, url, changes] => n6_coherence::hear(way, url, changes)?,
        [n7_outage::OUTAGE, writes, keys, mib] => n7_outage::survive(writes, keys, mib)?,
        _ => return Err("fleet: no such part".into()),
    };
    println!("{figures}");
    Ok(())
}
