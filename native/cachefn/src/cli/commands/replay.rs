//! `cachefn replay`: which policy and size a record of requests would need.

use std::io::Read;
use std::path::Path;

use cachefn_core::Policy;
use serde_json::json;

use crate::cli::arguments::Replay;
use crate::cli::failure::Failure;
use crate::cli::output::Output;
use crate::cli::progress::Progress;
use crate::cli::replay::{DEFAULT, Measured, Size, from_lines, from_numbers, measure, picture};
use crate::cli::table::{Column, Table};
use crate::cli::text::{count, harmless};

/// # Errors
/// When the trace, a size or a policy cannot be used, and when the picture cannot be written.
pub(crate) fn replay(asked: &Replay, output: &mut Output) -> Result<(), Failure> {
    let policies = policies(&asked.policies)?;
    let sizes = asked.sizes.iter().map(|text| Size::parse(text)).collect::<Result<Vec<_>, _>>();
    let sizes = sizes.map_err(|why| Failure::Usage(format!("replay: {why}")))?;
    let ids = read(&asked.trace)?;
    let unique = ids.iter().max().map_or(0, |most| *most as usize + 1);
    let sizes = if sizes.is_empty() { DEFAULT.to_vec() } else { sizes };
    let mut entries: Vec<usize> = sizes.iter().map(|size| size.entries(unique)).collect();
    entries.sort_unstable();
    entries.dedup();
    let progress = Progress::of("replayed", "runs", ((policies.len() + 1) * entries.len()) as u64);
    let measured = measure(&ids, entries, &policies, || progress.one_more())?;
    drop(progress);
    if let Some(file) = &asked.plot {
        let name = asked.trace.file_name().unwrap_or_default().to_string_lossy();
        let written = std::fs::write(file, picture(&name, &measured));
        written
            .map_err(|error| Failure::Data(format!("replay: write {}: {error}", file.display())))?;
    }
    if output.is_json() { objects(&measured, output) } else { people(&measured, output) }
}

fn objects(measured: &Measured, output: &mut Output) -> Result<(), Failure> {
    for (policy, row) in &measured.rows {
        for (size, percent) in measured.sizes.iter().zip(row) {
            let ratio = (percent * 100.0).round() / 10_000.0;
            output.json(&json!({ "policy": policy, "entries": size, "hit_ratio": ratio }))?;
        }
    }
    Ok(())
}

fn people(measured: &Measured, output: &mut Output) -> Result<(), Failure> {
    let (requests, unique) = (count(measured.requests as u64), count(measured.unique as u64));
    output.line(&format!("{requests} requests for {unique} different keys"))?;
    let most = measured.most();
    output.line(&format!("with room for all of them {most:.2} % would have hit\n"))?;
    // Names of columns are constants, and sizes are not: they stand in the first row.
    let sizes = measured.sizes.iter().map(|_| Column::Number(""));
    let mut table = Table::new([Column::Text("HIT RATIO, %")].into_iter().chain(sizes));
    let entries = measured.sizes.iter().map(|size| count(*size as u64));
    table.row(["entries".to_string()].into_iter().chain(entries));
    let shares = measured.shares().into_iter().map(|share| format!("{share:.1}"));
    table.row(["% of the keys".to_string()].into_iter().chain(shares));
    for (name, row) in &measured.rows {
        let cells = row.iter().map(|percent| format!("{percent:.2}"));
        table.row([name.clone()].into_iter().chain(cells));
    }
    output.table(&table)
}

fn policies(names: &[String]) -> Result<Vec<Policy>, Failure> {
    if names.is_empty() {
        let all = ["adaptive", "s3-fifo", "w-tinylfu", "sieve", "lru", "lfu", "fifo"];
        return Ok(all.iter().filter_map(|name| name.parse().ok()).collect());
    }
    Ok(names.iter().map(|name| name.trim().parse()).collect::<Result<_, _>>()?)
}

fn read(path: &Path) -> Result<Vec<u32>, Failure> {
    let fail = |why: String| {
        let path = harmless(&path.display().to_string());
        Failure::Data(format!("replay {path}: {why}"))
    };
    let mut bytes = Vec::new();
    let read = match path.to_str() {
        Some("-") => std::io::stdin().lock().read_to_end(&mut bytes).map(drop),
        _ => std::fs::read(path).map(|all| bytes = all),
    };
    read.map_err(|error| fail(error.to_string()))?;
    if bytes.starts_with(&ZSTD) {
        return Err(fail("it is packed; unpack it: zstd -dc FILE | cachefn replay -".into()));
    }
    let numbers = path.extension().is_some_and(|extension| extension == "u32");
    if numbers && bytes.len() % 4 != 0 {
        let size = bytes.len();
        return Err(fail(format!(
            "{size} bytes are no whole number of 4-byte keys; is it cut off?"
        )));
    }
    let ids =
        if numbers { from_numbers(&bytes, usize::MAX) } else { from_lines(&bytes, usize::MAX) };
    if ids.is_empty() { Err(fail("there is no request in it".into())) } else { Ok(ids) }
}

/// The first bytes of everything that zstd packed.
const ZSTD: [u8; 4] = [0x28, 0xB5, 0x2F, 0xFD];
