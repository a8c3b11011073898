//! Any pattern on any text, beside a naive matcher.

#![no_main]

#[path = "../../core/tests/model/mod.rs"]
mod model;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    model::glob::replay(bytes);
});
