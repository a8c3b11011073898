//! The caches beside a naive map, on operations that the input spells.

#![no_main]

#[path = "../../core/tests/model/mod.rs"]
mod model;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    model::replay(bytes);
});
