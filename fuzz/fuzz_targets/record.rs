//! Any bytes as a record and as a value: a refusal, or what was written.

#![no_main]

#[path = "../../core/tests/model/mod.rs"]
mod model;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = model::record::replay(bytes);
});
