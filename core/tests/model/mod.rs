//! A naive map, drawn operations, and the comparison of both with the real caches.
//!
//! The tests and the fuzz targets share this folder. An operation more is a variant in
//! `operation.rs`, a method in `naive.rs` and in `subject.rs`, and an arm in `run.rs` and `report.rs`.

#![allow(dead_code, reason = "each program that shares this folder uses a part of it")]

pub(crate) mod engine;
pub(crate) mod glob;
mod naive;
pub(crate) mod operation;
pub(crate) mod record;
mod report;
mod run;
pub(crate) mod source;
mod subject;

pub(crate) use run::{Tally, check};

use operation::{Operation, Settings};
use source::{Bytes, Source};

/// Draws settings and up to `most` operations; fewer when the source ends.
pub(crate) fn draw(source: &mut dyn Source, most: usize) -> Option<(Settings, Vec<Operation>)> {
    let settings = Settings::draw(source)?;
    let next = || Operation::draw(source, settings.keys, 2);
    Some((settings.clone(), std::iter::from_fn(next).take(most).collect()))
}

/// What a fuzz target does with its input. Nothing when the input is too short to mean anything.
///
/// # Panics
/// The cache and the model disagree; the text is a trace for `tests/vectors/traces`.
pub(crate) fn replay(bytes: &[u8]) -> Option<Tally> {
    let (settings, operations) = draw(&mut Bytes::new(bytes), 400)?;
    Some(
        check(&settings, &operations)
            .unwrap_or_else(|_| panic!("{}", explain(&settings, &operations))),
    )
}

/// The shortest failing part of operations that fail, as a trace.
pub(crate) fn explain(settings: &Settings, operations: &[Operation]) -> String {
    let fails = |operations: &[Operation]| check(settings, operations).err();
    let mut kept = operations.to_vec();
    let mut shorter = true;
    while shorter {
        shorter = false;
        for at in (0..kept.len()).rev() {
            for fewer in without(&kept, at) {
                if fails(&fewer).is_some() {
                    (kept, shorter) = (fewer, true);
                    break;
                }
            }
        }
    }
    fails(&kept)
        .map_or_else(|| "fails once, not again".into(), |failure| report::trace(settings, &failure))
}

/// The operations without one of them, or without one that its fetcher does.
fn without(operations: &[Operation], at: usize) -> Vec<Vec<Operation>> {
    let replaced = |by: Vec<Operation>| [&operations[..at], &by, &operations[at + 1..]].concat();
    let Some(operation) = operations.get(at) else { return Vec::new() };
    let mut all = vec![replaced(Vec::new())];
    if let Operation::GetOrFetch { key, entry, late, fails, during } = operation {
        let inner = (0..during.len()).rev().flat_map(|nested| without(during, nested));
        all.extend(inner.map(|during| {
            let (key, entry, late) = (key.clone(), entry.clone(), late.clone());
            replaced(vec![Operation::GetOrFetch { key, entry, late, fails: *fails, during }])
        }));
    }
    all
}
