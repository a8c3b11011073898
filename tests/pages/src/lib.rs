//! What runs in pages and workers of real browsers: `main.mjs` beside this opens them, and calls the exported
//! functions.
#![cfg(all(target_family = "wasm", target_os = "unknown"))]

mod browser;
mod cached;
mod conformance;
mod connection;
mod denied;
mod foreign;
mod large;
mod platform;
pub mod programs;
pub mod reloaded;
mod room;
mod test;

use wasm_bindgen::prelude::*;

use test::{Test, report};

/// All that one page or worker can try by itself.
#[wasm_bindgen]
pub async fn tests(is_worker: bool) -> String {
    let mut all: Vec<&Test> = Vec::new();
    all.extend(platform::TESTS);
    all.extend(conformance::EVERYWHERE);
    all.extend(cached::TESTS);
    all.extend(connection::TESTS);
    all.extend(foreign::EVERYWHERE);
    all.extend(large::TESTS);
    if is_worker {
        all.extend(denied::IN_A_WORKER);
    } else {
        all.extend(conformance::IN_A_WINDOW);
        all.extend(foreign::IN_A_WINDOW);
        all.extend(room::IN_A_WINDOW);
    }
    report(&all).await
}

/// In a frame that may keep nothing.
#[wasm_bindgen]
pub async fn denied() -> String {
    report(&denied::IN_A_SANDBOX.iter().collect::<Vec<_>>()).await
}

/// Where the site has a few megabytes for its databases.
#[wasm_bindgen]
pub async fn full() -> String {
    report(&room::UNDER_A_QUOTA.iter().collect::<Vec<_>>()).await
}
