//! Runs cases that each fill a row of a table, and prints it at the end.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::{env, thread};

use crate::table::{Row, Table};

/// A name, and what is tried.
pub type Case = (&'static str, fn() -> Row);

/// Runs the cases whose names contain one of the arguments, or all, as `cargo test` runs tests. Each has a
/// row, and fails by a panic.
pub fn run(cases: &[Case]) -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    if arguments.iter().any(|argument| argument == "--list") {
        cases.iter().for_each(|(name, _)| println!("{name}: test"));
        return ExitCode::SUCCESS;
    }
    let words: Vec<&String> = arguments.iter().filter(|word| !word.starts_with("--")).collect();
    let is_wanted =
        |(name, _): &&Case| words.is_empty() || words.iter().any(|word| name.contains(*word));
    let waiting: Mutex<VecDeque<(usize, &Case)>> =
        Mutex::new(cases.iter().filter(is_wanted).enumerate().collect());
    let count = lock(&waiting).len();
    println!("\nrunning {count} tests");
    let rows: Mutex<Vec<(usize, Row)>> = Mutex::default();
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some((number, (name, case))) = next(&waiting) {
                    let row = catch_unwind(AssertUnwindSafe(case));
                    println!("test {name} ... {}", if row.is_ok() { "ok" } else { "FAILED" });
                    if let Ok(row) = row {
                        lock(&rows).push((number, row));
                    }
                }
            });
        }
    });
    let mut rows = rows.into_inner().unwrap_or_else(PoisonError::into_inner);
    rows.sort_by_key(|(number, _)| *number);
    let (passed, failed) = (rows.len(), count - rows.len());
    let table: Table = rows.into_iter().map(|(_, row)| row).collect();
    println!("\n{table}");
    let word = if failed == 0 { "ok" } else { "FAILED" };
    println!("test result: {word}. {passed} passed; {failed} failed; 0 ignored");
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn next<'c>(waiting: &Mutex<VecDeque<(usize, &'c Case)>>) -> Option<(usize, &'c Case)> {
    lock(waiting).pop_front()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Most of a case is waiting.
const AT_ONCE: usize = 3;
