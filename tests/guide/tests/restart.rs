//! A function with one line above it outlives its process, which is killed, on every executor.

use std::future::Future;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use cachefn_core::{NamedCache, cachefn};
use cachefn_file::FileStorage;

const NUMBERS: u64 = 200;
static RUNS: AtomicU32 = AtomicU32::new(0);

#[cachefn(cache = "squares", ttl = "1h", tags = ["{parity}"])]
async fn square(number: u64, parity: &str) -> Result<String, std::io::Error> {
    RUNS.fetch_add(1, Relaxed);
    Ok(format!("{number} x {number} is {} and {parity}", number * number))
}

#[test]
fn s_37_on_tokio_a_killed_process_is_started_again_and_answers_from_its_file() {
    killed_and_started_again("tokio");
}

#[test]
fn s_37_on_smol_a_killed_process_is_started_again_and_answers_from_its_file() {
    killed_and_started_again("smol");
}

#[test]
fn s_37_without_a_runtime_a_killed_process_is_started_again_and_answers_from_its_file() {
    killed_and_started_again("none");
}

fn killed_and_started_again(executor: &str) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("squares.db");
    let runs: Vec<u64> = (0..3).map(|_| runs_of_a_process(executor, &file)).collect();
    // The first process invalidates the odd ones when it has asked for all, as every one does.
    assert_eq!(runs, [NUMBERS, NUMBERS / 2, NUMBERS / 2]);
}

/// How often the function ran in a process that was killed after its flush.
fn runs_of_a_process(executor: &str, file: &Path) -> u64 {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "the_process_that_is_killed", "--nocapture"]);
    command.env("EXECUTOR", executor).env("SQUARES", file).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut told = lines.map_while(Result::ok).filter_map(|line| {
        line.strip_prefix("flushed after ")?.strip_suffix(" runs")?.parse().ok()
    });
    let runs = told.next();
    child.kill().unwrap();
    assert!(!child.wait().unwrap().success(), "it was killed");
    runs.expect("it told how often the function ran")
}

/// Does something only where one of the tests above started it.
#[test]
fn the_process_that_is_killed() {
    let Some(file) = std::env::var_os("SQUARES") else { return };
    let life = live(file.into());
    match std::env::var("EXECUTOR").as_deref() {
        Ok("tokio") => tokio::runtime::Runtime::new().unwrap().block_on(tokio_task(life)),
        Ok("smol") => smol::block_on(smol::spawn(life)),
        _ => pollster::block_on(life),
    }
    loop {
        std::thread::park();
    }
}

async fn tokio_task(life: impl Future<Output = ()> + Send + 'static) {
    tokio::spawn(life).await.unwrap();
}

async fn live(file: std::path::PathBuf) {
    let storage = FileStorage::open(file).unwrap();
    let squares = NamedCache::builder("squares").storage(storage).register().unwrap();
    for number in 0..NUMBERS {
        let parity = if number % 2 == 0 { "even" } else { "odd" };
        let text = square(number, parity).await.unwrap();
        assert_eq!(text, format!("{number} x {number} is {} and {parity}", number * number));
    }
    squares.invalidate_by_tag("odd").await.unwrap();
    squares.flush().await.unwrap();
    println!("\nflushed after {} runs", RUNS.load(Relaxed));
}
