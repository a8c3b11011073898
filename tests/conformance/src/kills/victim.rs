//! A process that is killed while it works: this test program once more, with one test.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use crate::random::Random;

/// The process that a test starts of its own program, to kill it. It says by [`acknowledge`] how far it has come.
///
/// ```no_run
/// use cachefn_conformance::{Victim, acknowledge};
///
/// // #[test]
/// fn a_process_is_killed() {
///     if std::env::var("CHILD").is_ok() {
///         for step in 1.. {
///             // It writes, makes that durable, and says so.
///             acknowledge(step);
///         }
///     }
///     let steps = Victim::new("a_process_is_killed").variable("CHILD", "yes").killed(7);
///     println!("{steps} steps are done, and perhaps one more");
/// }
/// ```
#[derive(Debug)]
pub struct Victim {
    test: &'static str,
    variables: Vec<(&'static str, String)>,
}

impl Victim {
    /// The test that the process runs, by its full name in the program.
    pub fn new(test: &'static str) -> Self {
        Victim { test, variables: Vec::new() }
    }

    /// What it finds in its environment.
    #[must_use]
    pub fn variable(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.variables.push((name, value.into()));
        self
    }

    /// Starts it, and kills it at a moment that is drawn: while it starts, or somewhere in its work. The
    /// last number that it acknowledged, or 0.
    ///
    /// # Panics
    /// When it does not start, or works for 20 s without an acknowledgement.
    pub fn killed(self, seed: u64) -> u64 {
        let mut random = Random(seed);
        let program = std::env::current_exe().expect("a test is a program");
        let mut child = Command::new(program)
            .args(["--exact", self.test, "--nocapture"])
            .envs(self.variables)
            .stdout(Stdio::piped())
            .spawn()
            .expect("this program starts again");
        let (sender, acknowledged) = mpsc::channel();
        let output = BufReader::new(child.stdout.take().expect("it was asked for"));
        let reader = std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                // The program that runs tests may say something in the same line; a line that is cut
                // short has no end.
                let number = line.rsplit_once(MARK).and_then(|(_, rest)| rest.strip_suffix('.'));
                if let Some(number) = number.and_then(|number| number.parse().ok()) {
                    let _ = sender.send(number);
                }
            }
        });
        let mut last = 0;
        for _ in 0..random.index(8) {
            let next = acknowledged.recv_timeout(PATIENCE);
            last = next.unwrap_or_else(|_| {
                let _ = child.kill();
                panic!("{} has acknowledged nothing for {PATIENCE:?} after {last}", self.test);
            });
        }
        let (began, delay) = (Instant::now(), Duration::from_micros(random.index(9_000) as u64));
        while began.elapsed() < delay {
            std::hint::spin_loop();
        }
        child.kill().expect("it does not end by itself");
        child.wait().expect("it is a child of this process");
        reader.join().expect("it only reads");
        acknowledged.try_iter().last().unwrap_or(last)
    }
}

/// Says in the process of a [`Victim`] that what it has done up to this number survives its end.
///
/// # Panics
/// When nobody can hear it.
pub fn acknowledge(number: u64) {
    let mut out = std::io::stdout();
    // At once: whatever waits in a buffer dies with the process.
    let line = format!("{MARK}{number}.\n");
    out.write_all(line.as_bytes()).and_then(|()| out.flush()).expect("somebody listens");
}

const MARK: &str = "acknowledged ";
const PATIENCE: Duration = Duration::from_secs(20);
