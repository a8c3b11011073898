//! What compiles over the seams of the asynchronous cache: compiling it is the test, on every target.

#![no_std]

extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

#[cfg(feature = "std")]
pub mod cached;
pub mod everywhere;
#[cfg(any(feature = "unsent", all(target_family = "wasm", target_os = "unknown")))]
pub mod in_a_page;
mod least;
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
pub mod sent;

pub use least::Least;
