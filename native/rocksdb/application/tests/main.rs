//! `cachefn` with its feature `rocksdb`: a configuration, and the program.

mod commands;
mod conformance;
mod folders;
#[path = "../../../cachefn/tests/cli/program.rs"]
mod program;
#[path = "../../../cachefn/tests/registry/support.rs"]
mod registries;
mod services;
mod support;
