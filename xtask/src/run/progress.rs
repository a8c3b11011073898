//! What the user sees while something runs: a live line on a terminal, now and then a plain line elsewhere.

use std::env;
use std::fmt::{Display, Write as _};
use std::io::{IsTerminal, Write, stdout};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// Something that is going on, from now until it is dropped.
pub(crate) struct Step {
    id: u64,
}

impl Step {
    /// Shows the step.
    pub(crate) fn begin(name: &str) -> Self {
        let mut board = board();
        let id = board.next_id;
        board.next_id += 1;
        board.steps.push(Shown {
            id,
            name: name.into(),
            since: Instant::now(),
            note: String::new(),
        });
        if id == 0 {
            board.last_words = Some(Instant::now());
            thread::spawn(keep_showing);
        }
        Self { id }
    }

    /// Says what the step is at: the last line of a program's output, for example.
    pub(crate) fn note(&self, text: &str) {
        if let Some(step) = board().steps.iter_mut().find(|step| step.id == self.id) {
            step.note = text.trim().chars().filter(|char| !char.is_control()).take(32).collect();
        }
    }
}

impl Drop for Step {
    fn drop(&mut self) {
        board().steps.retain(|step| step.id != self.id);
    }
}

/// Prints a line (or several) above whatever is live.
pub(crate) fn say(text: impl Display) {
    let mut board = board();
    board.erase();
    board.last_words = Some(Instant::now());
    let _ = writeln!(stdout(), "{text}"); // nobody reads any more: nothing to do about it
}

/// Seconds as people read them.
pub(crate) fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}

struct Board {
    steps: Vec<Shown>,
    next_id: u64,
    drawn: bool,
    last_words: Option<Instant>,
}

struct Shown {
    id: u64,
    name: String,
    since: Instant,
    note: String,
}

impl Board {
    fn draw(&mut self) {
        let mut line = String::new();
        for step in &self.steps {
            let separator = if line.is_empty() { "" } else { "  |  " };
            let _ = write!(line, "{separator}{} {} s", step.name, step.since.elapsed().as_secs());
            if !step.note.is_empty() {
                let _ = write!(line, ": {}", step.note);
            }
        }
        if is_live() {
            self.erase();
            if !line.is_empty() {
                // Without automatic wrap a long line is cut at the edge instead of scrolling.
                let _ = write!(stdout(), "\x1b[?7l{line}\x1b[?7h");
                let _ = stdout().flush();
                self.drawn = true;
            }
        } else if !line.is_empty() && self.last_words.is_none_or(|last| last.elapsed() >= HEARTBEAT)
        {
            let _ = writeln!(stdout(), "  ... {line}");
            self.last_words = Some(Instant::now());
        }
    }

    fn erase(&mut self) {
        if self.drawn {
            let _ = write!(stdout(), "\r\x1b[2K");
            self.drawn = false;
        }
    }
}

fn keep_showing() {
    loop {
        thread::sleep(REDRAW);
        board().draw();
    }
}

fn is_live() -> bool {
    stdout().is_terminal()
        && env::var_os("CI").is_none()
        && env::var_os("TERM").is_none_or(|term| term != "dumb")
}

fn board() -> MutexGuard<'static, Board> {
    BOARD.lock().unwrap_or_else(PoisonError::into_inner)
}

static BOARD: Mutex<Board> =
    Mutex::new(Board { steps: Vec::new(), next_id: 0, drawn: false, last_words: None });
const REDRAW: Duration = Duration::from_millis(200);
const HEARTBEAT: Duration = Duration::from_secs(60);
