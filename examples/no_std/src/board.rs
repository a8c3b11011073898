//! What the hardware offers: a tick counter, and sensors behind a slow bus.

use alloc::rc::Rc;
use core::cell::Cell;

use cachefn_core::Clock;

/// A board; clones are the same board.
#[derive(Debug, Clone)]
pub struct Board {
    registers: Rc<Registers>,
}

#[derive(Debug)]
struct Registers {
    /// Milliseconds since the start, counted by a timer.
    ticks: Cell<u64>,
    /// What calibration adds to a reading of each probe.
    offsets: [Cell<i32>; Board::PROBES],
}

impl Board {
    /// How many probes are on the bus.
    pub const PROBES: usize = 8;
    /// How long one reading keeps the bus busy.
    pub const READING_MS: u64 = 12;

    /// A board that was just switched on.
    #[allow(clippy::new_without_default, reason = "there is one board, switched on once")]
    pub fn new() -> Self {
        let registers =
            Registers { ticks: Cell::new(0), offsets: [const { Cell::new(0) }; Board::PROBES] };
        Board { registers: Rc::new(registers) }
    }

    /// Reads a probe over the bus, in hundredths of a degree; takes its time.
    pub fn read(&self, probe: u8) -> i32 {
        self.wait(Board::READING_MS);
        self.temperature(probe)
    }

    /// What a probe would read now.
    pub fn temperature(&self, probe: u8) -> i32 {
        let seconds = (self.registers.ticks.get() / 1_000) as i32;
        let drift = (seconds + i32::from(probe) * 7) % 40;
        2_000 + 100 * i32::from(probe) + drift + self.registers.offsets[usize::from(probe)].get()
    }

    /// Corrects a probe: readings from before are wrong from now on.
    pub fn calibrate(&self, probe: u8, offset: i32) {
        self.registers.offsets[usize::from(probe)].set(offset);
    }

    /// Lets time pass.
    pub fn wait(&self, ms: u64) {
        self.registers.ticks.set(self.registers.ticks.get() + ms);
    }
}

/// The clock of the cache is the board's timer; the board does not know the date.
impl Clock for Board {
    fn mono_ms(&self) -> u64 {
        self.registers.ticks.get()
    }
    fn wall_ms(&self) -> u64 {
        0
    }
}
