//! `#[cachefn]` on asynchronous functions, and over caches with a storage, as its users see it.
#![cfg(feature = "macros")]

mod background;
mod blocking;
mod companions;
mod flights;
mod given;
mod hits;
mod keys;
mod named;
mod support;
mod surroundings;

use support::*;
