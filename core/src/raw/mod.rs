//! The only unsafe code of the crate: values in numbered places, and locks whose readers do not meet.
//!
//! Each file is a whole: it is sound whatever the rest of the crate does. What it gains is measured in
//! ARCHITECTURE.md; the tests here also run under Miri.

#![allow(unsafe_code)]

mod crc;
mod four;
#[cfg(feature = "std")]
mod lane;
#[cfg(feature = "std")]
mod locks;
mod slots;

pub(crate) use crc::crc_32c;
pub(crate) use four::matching;
#[cfg(feature = "std")]
pub(crate) use locks::{Locks, Reentrant};
pub(crate) use slots::Slots;
