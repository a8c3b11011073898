//! Anybody's requests, and the hit ratio that every policy and size would have had.
//!
//! The programs that measure take the reading, the optimum and the pictures from here.

mod curves;
mod measured;
mod optimum;
#[allow(dead_code, reason = "the programs that measure draw other pictures with the rest")]
mod plot;
mod size;
mod trace;

pub(crate) use curves::picture;
pub(crate) use measured::{Measured, measure};
pub(crate) use size::{DEFAULT, Size};
pub(crate) use trace::{from_lines, from_numbers};
