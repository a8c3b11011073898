//! Everything that happens to servers, and who notices: each case breaks something real, and fills a row.
//!
//! In every case: no cached call fails (S19), explicit operations return the kinds of errors that are
//! expected, everything works again afterwards, and nothing is seen that an acknowledged invalidation
//! made too old.

mod bus;
mod caches;
mod cluster;
mod data;
mod logins;
mod network;
mod sentinel;
mod server;
mod waiting;

use std::process::ExitCode;

fn main() -> ExitCode {
    let cases = [
        server::CASES,
        network::CASES,
        data::CASES,
        logins::CASES,
        sentinel::CASES,
        cluster::CASES,
        bus::CASES,
        waiting::CASES,
    ];
    cachefn_e2e::suite::run(&cases.concat())
}
