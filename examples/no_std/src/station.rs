//! The firmware's loop: shows all probes ten times a second, and reads each only when it must.

use alloc::format;
use core::time::Duration;

use cachefn_core::unsync::MemoryCache;
use cachefn_core::{Clock, EntryOptions, Error};

use crate::board::Board;

/// The firmware with its cache of readings.
#[derive(Debug)]
pub struct Station {
    board: Board,
    readings: MemoryCache<u8, i32>,
}

/// What a run did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Report {
    /// Readings that were shown.
    pub shown: u32,
    /// Readings that were taken from the bus.
    pub taken: u32,
    /// Readings that were shown although the probe had been calibrated since.
    pub wrong: u32,
    /// The longest time for one frame.
    pub slowest_ms: u64,
    /// How long all frames took.
    pub total_ms: u64,
}

impl Station {
    /// A station whose display is never more than two seconds behind.
    ///
    /// # Errors
    /// None that a board could meet: the settings are sound.
    pub fn new(board: Board) -> Result<Self, Error> {
        let readings = MemoryCache::builder()
            .max_entries(Board::PROBES)
            .ttl(Duration::from_secs(2))
            .clock(board.clone())
            .build()?;
        Ok(Station { board, readings })
    }

    /// Shows frames. Every hundredth, somebody calibrates the probes of one half of the board.
    pub fn run(&mut self, frames: u32) -> Report {
        let mut report = Report::default();
        let started = self.board.mono_ms();
        for frame in 1..=frames {
            let begun = self.board.mono_ms();
            for probe in 0..Board::PROBES as u8 {
                let shown = self.reading(probe, &mut report.taken);
                report.shown += 1;
                let drift = shown - self.board.temperature(probe);
                report.wrong += u32::from(drift.abs() >= CALIBRATION);
            }
            report.slowest_ms = report.slowest_ms.max(self.board.mono_ms() - begun);
            if frame % 100 == 0 {
                self.calibrate(frame / 100 % 2, (frame / 100) as i32 * CALIBRATION);
            }
            self.board.wait(100);
        }
        report.total_ms = self.board.mono_ms() - started;
        report
    }

    /// How many of the readings shown came from the cache, from 0 to 1.
    pub fn hit_rate(&self) -> f64 {
        self.readings.stats().hit_rate()
    }

    fn reading(&mut self, probe: u8, taken: &mut u32) -> i32 {
        if let Some(reading) = self.readings.get(&probe) {
            return *reading;
        }
        *taken += 1;
        let reading = self.board.read(probe);
        let options = EntryOptions::new().tag(half(u32::from(probe) % 2));
        // Memory that is refused costs a reading from the bus, no more.
        let _ = self.readings.set_with(probe, reading, options);
        reading
    }

    fn calibrate(&mut self, side: u32, offset: i32) {
        for probe in (0..Board::PROBES as u8).filter(|probe| u32::from(*probe) % 2 == side) {
            self.board.calibrate(probe, offset);
        }
        self.readings.invalidate_by_tag(&half(side));
    }
}

/// The tag of all probes on one half of the board.
fn half(side: u32) -> alloc::string::String {
    format!("half:{side}")
}

/// More than a probe drifts in the life of a reading.
const CALIBRATION: i32 = 1_000;
