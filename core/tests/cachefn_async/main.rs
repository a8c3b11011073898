//! `#[cachefn]` on asynchronous functions, and over caches with a storage, as its users see it.
#![cfg(feature = "macros")]

mod companions;
mod flights;
mod hits;
mod support;
mod surroundings;

use support::*;
