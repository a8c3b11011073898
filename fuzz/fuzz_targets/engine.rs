//! The engine beside a naive map from slots, with hashes that collide as the input likes.

#![no_main]

#[path = "../../core/tests/model/mod.rs"]
mod model;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    model::engine::replay(bytes);
});
