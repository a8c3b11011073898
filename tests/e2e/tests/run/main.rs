//! Eight processes over servers that are broken again and again: what they saw is compared with
//! what may be.

mod child;
mod fleet;
mod life;
mod parent;
mod plan;

use std::process::ExitCode;

use cachefn_e2e::suite::Case;

fn main() -> ExitCode {
    match life::Life::from_environment() {
        Some(life) => child::live(&life),
        None => cachefn_e2e::suite::run(CASES),
    }
}

const CASES: &[Case] = &[
    ("h_35_h_38_s_19_eight_processes_over_a_server_that_fails", parent::over_one_server),
    ("h_35_h_38_s_19_eight_processes_over_a_cluster_that_fails", parent::over_a_cluster),
];
