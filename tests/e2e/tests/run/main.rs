//! Eight processes over one Redis Cluster that is broken again and again: what they saw is compared with
//! what may be.

mod child;
mod life;
mod parent;
mod plan;

use std::process::ExitCode;

fn main() -> ExitCode {
    match life::Life::from_environment() {
        Some(life) => child::live(&life),
        None => cachefn_e2e::suite::run(&[(
            "h_35_h_38_s_19_eight_processes_over_a_cluster_that_fails",
            parent::eight_processes,
        )]),
    }
}
