//! The suites by name, with what they run and their budgets.

use std::time::Duration;

use anyhow::Result;

use super::counts::Counts;
use super::stage::Stage;
use super::suite::Lane::{Beside, Cargo};
use super::suite::{Lane, Suite, When};
use super::{examples, features, long, npm, rust, storages, targets, web};

/// What `cargo xtask test` can run; some of it only with `--long` or by name.
pub(crate) fn tests() -> Vec<Suite> {
    vec![
        FLOORS,
        FORMAT,
        LINT,
        BOARD,
        suite(
            "rustdoc",
            "the documentation of all crates, without a warning",
            Cargo,
            240,
            rust::rustdoc,
        ),
        suite("core", "the Rust library, its examples and its vectors", Cargo, 240, rust::core),
        suite(
            "core-no-std",
            "the library without std, for boards and here",
            Cargo,
            150,
            targets::core_no_std,
        ),
        suite(
            "core-wasip1",
            "the library and firmware under WASI",
            Cargo,
            120,
            targets::core_wasip1,
        ),
        suite(
            "core-seams",
            "what compiles over the seams, on five targets",
            Cargo,
            90,
            targets::core_seams,
        ),
        suite(
            "conformance",
            "the suite for storages, here, under WASI, alone on Node and in Chromium",
            Cargo,
            120,
            storages::conformance,
        ),
        suite(
            "servers",
            "real Redis in every topology, and connections that break",
            Cargo,
            90,
            storages::servers,
        ),
        suite(
            "redis",
            "the Redis storage and its buses: topologies, executors, TLS, outages",
            Cargo,
            400,
            storages::redis,
        ),
        suite(
            "e2e",
            "caches over real servers that fail, and eight processes over a Cluster",
            Cargo,
            300,
            storages::e2e,
        ),
        suite("custom-storage", "the example over SQLite", Cargo, 30, storages::custom_storage),
        suite(
            "guide",
            "every block of the guide and the README, and what they claim",
            Cargo,
            60,
            examples::guide,
        ),
        suite(
            "examples",
            "the programs, the shop, what they print",
            Cargo,
            120,
            examples::examples,
        ),
        suite("macros", "the #[cachefn] attribute", Cargo, 60, rust::macros),
        suite("file", "the file storage: kills, damage, full disks", Cargo, 120, rust::file),
        suite(
            "tokio",
            "time limits, a breaker, an outbox and the end, on tokio, smol and by hand",
            Cargo,
            120,
            rust::tokio,
        ),
        suite(
            "cachefn",
            "applications: one file of configuration, telemetry, HTTP, the command line",
            Cargo,
            240,
            rust::cachefn,
        ),
        suite(
            "engine-wasm",
            "the exports of the engine, run on this machine",
            Cargo,
            30,
            rust::engine_wasm,
        ),
        suite("xtask", "this program", Cargo, 30, rust::xtask),
        suite("demo-rust", "the demo in Rust, a short run", Cargo, 60, rust::demo),
        TYPES,
        suite("npm-node", "the npm package on Node", Beside, 300, npm::node),
        suite(
            "npm-package",
            "the package as it is published: size, exports, bundlers",
            Beside,
            60,
            npm::package,
        ),
        suite("npm-browser", "the npm package in Chromium", Beside, 300, npm::browser),
        suite(
            "npm-kills",
            "IndexedDB through a hundred kills, damaged files and little room",
            Beside,
            300,
            npm::kills,
        ),
        suite(
            "npm-adapters",
            "Keyv with its own suite, and unstorage over files",
            Beside,
            90,
            npm::adapters,
        ),
        suite(
            "records-exchange",
            "caches in Rust and in JavaScript over one storage",
            Beside,
            120,
            npm::exchange,
        ),
        suite(
            "npm-runtimes",
            "the packed package in Node, Deno, Bun, workers and three browsers",
            Beside,
            600,
            npm::runtimes,
        ),
        suite(
            "npm-bundlers",
            "the packed package in bundles, their output executed",
            Beside,
            180,
            npm::bundlers,
        ),
        suite("demo-js", "the demo in JavaScript, a short run", Beside, 60, npm::demo),
        suite(
            "playground",
            "the page with the devtools, used in three browsers",
            Beside,
            200,
            npm::playground,
        ),
        suite(
            "web",
            "the storages of browsers, in pages and workers of real ones",
            Beside,
            600,
            web::web,
        ),
        suite(
            "rocksdb",
            "the storage on RocksDB, by the library of the system",
            Beside,
            300,
            storages::rocksdb,
        ),
        only_long("msrv", "the oldest Rust that the crates promise", 60, long::msrv),
        only_long(
            "features",
            "crates with their features alone and in pairs",
            900,
            features::features,
        ),
        only_long("miri", "undefined behaviour, by an interpreter", 600, long::miri),
        only_long("shuttle", "threads in many orders of their steps", 300, long::shuttle),
        only_long("fuzz", "inputs drawn by coverage", 330, long::fuzz),
        only_long(
            "rocksdb-bundled",
            "the same with RocksDB as users get it, compiled for many minutes",
            480,
            storages::rocksdb_bundled,
        ),
        only_long("book", "the guide as a book, without a warning", 60, examples::book),
        only_long("bench-unit", "the programs that measure", 60, long::bench_unit),
    ]
}

/// What `cargo xtask check` runs.
pub(crate) fn checks() -> Vec<Suite> {
    vec![
        FORMAT,
        FLOORS,
        LINT,
        BOARD,
        suite("lint-bench", "clippy on the programs that measure", Cargo, 240, rust::lint_bench),
        TYPES,
    ]
}

const FLOORS: Suite = suite("floors", "imports go down, files are short", Cargo, 5, rust::floors);
const FORMAT: Suite = suite("format", "rustfmt has nothing to change", Cargo, 60, rust::format);
const LINT: Suite = suite("lint", "clippy on everything in the workspace", Cargo, 480, rust::lint);
const BOARD: Suite =
    suite("lint-board", "clippy on the library without std", Cargo, 30, rust::board);
const TYPES: Suite = suite("npm-types", "the types of the npm package", Beside, 30, npm::types);

const fn suite(
    name: &'static str,
    about: &'static str,
    lane: Lane,
    seconds: u64,
    run: fn(&Stage<'_>) -> Result<Counts>,
) -> Suite {
    Suite { name, about, lane, when: When::Always, budget: Duration::from_secs(seconds), run }
}

const fn only_long(
    name: &'static str,
    about: &'static str,
    seconds: u64,
    run: fn(&Stage<'_>) -> Result<Counts>,
) -> Suite {
    Suite { when: When::Long, ..suite(name, about, Cargo, seconds, run) }
}
