//! What `cachefn-rocksdb` uses is the same in both versions.
#![forbid(unsafe_code)]

pub use engine::*;
