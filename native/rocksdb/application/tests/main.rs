//! `cachefn` with its feature `rocksdb`: a configuration, and the program.

mod commands;
mod conformance;
mod folders;
mod services;
mod support;
