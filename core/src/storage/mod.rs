//! Storages: file, server, browser.

mod erased;
mod seam;
mod words;

pub use erased::AnyStorage;
pub use seam::Storage;
pub use words::{Capabilities, Found, Keep, Lease, Page, Put, Token};
