//! A naive map, drawn operations, and the comparison of both with the real caches.
//!
//! The tests and the fuzz targets share this folder. An operation more is a variant in
//! `operation.rs`, a method in `naive.rs` and in `subject.rs`, and an arm in `run.rs` and `report.rs`.

#![allow(dead_code, reason = "each program that shares this folder uses a part of it")]

pub(crate) mod engine;
pub(crate) mod glob;
mod naive;
pub(crate) mod operation;
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
    let mut kept = operations.to_vec();
    let fails = |operations: &[Operation]| check(settings, operations).err();
    let mut at = kept.len();
    while at > 0 {
        at -= 1;
        let mut fewer = kept.clone();
        fewer.remove(at);
        if fails(&fewer).is_some() {
            kept = fewer;
        }
    }
    fails(&kept)
        .map_or_else(|| "fails once, not again".into(), |failure| report::trace(settings, &failure))
}
