//! Shows how far the run is: a bar on a terminal, a line at every tenth elsewhere.

use std::io::{IsTerminal, Write, stdout};
use std::time::{Duration, Instant};

use crate::text::{grouped, span};

pub(crate) struct Progress {
    total: usize,
    started: Instant,
    drawn: Instant,
    tenths: usize,
    terminal: bool,
}

impl Progress {
    pub(crate) fn new(total: usize) -> Self {
        let now = Instant::now();
        Self { total, started: now, drawn: now, tenths: 0, terminal: stdout().is_terminal() }
    }

    /// Costs next to nothing, so that it can be told of each request.
    pub(crate) fn reached(&mut self, done: usize) {
        if !done.is_multiple_of(LOOK_EVERY) && done != self.total {
            return;
        }
        if self.terminal {
            if self.drawn.elapsed() >= REDRAW || done == self.total {
                self.drawn = Instant::now();
                self.draw(done);
            }
        } else if done * 10 / self.total > self.tenths {
            self.tenths = done * 10 / self.total;
            println!("  {}", self.state(done));
        }
    }

    pub(crate) fn end(&self) {
        if self.terminal {
            println!();
        }
    }

    fn draw(&self, done: usize) {
        let filled = done * BAR / self.total;
        let bar = format!("{}{}", "#".repeat(filled), ".".repeat(BAR - filled));
        print!("\r  [{bar}] {}  ", self.state(done));
        // A terminal that cannot be written to shows nothing; the work goes on.
        let _ = stdout().flush();
    }

    fn state(&self, done: usize) -> String {
        let percent = done * 100 / self.total;
        let taken = span(self.started.elapsed());
        format!(
            "{percent:>3} %  {} of {}  {taken}",
            grouped(done as u64),
            grouped(self.total as u64)
        )
    }
}

const BAR: usize = 30;
const LOOK_EVERY: usize = 512;
const REDRAW: Duration = Duration::from_millis(100);
