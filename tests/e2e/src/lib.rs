//! What the tests of whole programs share: facts that several processes know, diaries of what each did
//! and saw, and the model that they are checked against.

#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod clock;
pub mod diary;
pub mod memory;
pub mod model;
pub mod seed;
pub mod suite;
pub mod table;
pub mod truth;
