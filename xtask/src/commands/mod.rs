//! What each command does, from set-up to closing words.

mod bench;
mod book;
mod check;
mod demo;
mod prepare;
mod test;
mod wasm;

pub(crate) use bench::bench;
pub(crate) use book::book;
pub(crate) use check::check;
pub(crate) use demo::demo;
pub(crate) use test::test;
pub(crate) use wasm::wasm;
