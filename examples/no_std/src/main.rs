//! Runs the firmware where there is a screen: ten minutes of the board's time.

use std::process::ExitCode;

use station::{Board, HEAP, Report, Station};

fn main() -> ExitCode {
    let mut station = match Station::new(Board::new()) {
        Ok(station) => station,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    };
    let Report { shown, taken, wrong, slowest_ms, total_ms } = station.run(5_000);
    let bus_ms = u64::from(taken) * Board::READING_MS;
    println!("{shown} readings shown, {taken} taken from the bus");
    println!("{wrong} shown after their probe was calibrated");
    println!("the bus was busy for {} % of the time", bus_ms * 100 / total_ms);
    println!("{:.1} % of the readings came from the cache", station.hit_rate() * 100.0);
    println!("the slowest frame took {slowest_ms} ms");
    if cfg!(target_os = "wasi") {
        println!("all of it in a heap of {HEAP} bytes");
    }
    ExitCode::SUCCESS
}
