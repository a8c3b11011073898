//! Where JavaScript finds everything: a row of `u32`, read through a typed-array view.

use cachefn_core::private::{Engine, Staleness, Times};

/// The row; the positions stand in `npm/src/engine.ts` under the same names.
#[repr(transparent)]
#[derive(Debug)]
pub(crate) struct Header {
    row: [u32; LENGTH],
}

/// Positions of what outdates views when it changes, and of the number that tells so.
const LAYOUT: usize = 0;
const CELLS: usize = 1;
const SHIFT: usize = 2;
const MASK: usize = 3;
const SLOT_BITS: usize = 4;
const NODES: usize = 5;
const STATES: usize = 32;
const DEADLINES: usize = 6;
const TAGS: usize = 7;
const TAG_EPOCH: usize = 8;
const RING: usize = 9;
const RING_CAPACITY: usize = 10;
const HITS_MAX: usize = 11;
const SAMPLES: usize = 12;
const REMOVED: usize = 13;
const REMOVED_LEN: usize = 14;
const LEN: usize = 15;
const DUE: usize = 16;
const SLOTS: usize = 18;
const STALE: usize = 19;
const IDLE: usize = 20;
const WEIGHT: usize = 21;
/// What an entry brings beside its deadline, written by JavaScript before a call where this is not 0;
/// the numbers have two words each. The answer to `state` stands in the places of the windows.
const BRINGS: usize = 23;
const IDLES: usize = 24;
const REVALIDATES: usize = 26;
const BRIDGES: usize = 28;
const WEIGHS: usize = 30;
/// Only as new as the latest answer to `state`: nobody else asks.
const LINKS: usize = 33;
const LENGTH: usize = 34;

impl Header {
    /// A row that describes nothing yet.
    pub(crate) const fn new() -> Self {
        Header { row: [0; LENGTH] }
    }

    /// Writes down where everything stands now.
    pub(crate) fn publish(&mut self, engine: &mut Engine) {
        let layout = engine.layout();
        let (cells, count) = layout.cells;
        self.place(CELLS, address(cells));
        self.place(SHIFT, layout.shift);
        self.place(MASK, (count as u32).wrapping_sub(1));
        self.place(SLOT_BITS, 32 - layout.shift);
        self.place(NODES, address(layout.nodes));
        self.place(STATES, address(layout.states));
        self.place(DEADLINES, address(layout.timers));
        self.place(TAGS, address(layout.stamps));
        self.place(STALE, address(layout.stale));
        self.place(IDLE, address(layout.idle));
        self.place(RING, address(layout.ring));
        self.place(RING_CAPACITY, layout.ring_capacity);
        self.place(HITS_MAX, u32::from(layout.hits_max));
        self.place(SAMPLES, u32::from(layout.samples));
        let due = engine.due();
        let removed = engine.removed().packed();
        self.row[REMOVED] = address(removed.as_ptr());
        self.row[REMOVED_LEN] = removed.len() as u32;
        self.row[TAG_EPOCH] = engine.tag_epoch();
        self.row[LEN] = engine.len() as u32;
        self.write(DUE, due);
        self.row[SLOTS] = engine.slots();
    }

    /// Writes down what nobody needs to know after every change.
    pub(crate) fn publish_weight(&mut self, weight: u64) {
        self.write(WEIGHT, weight);
    }

    /// The times of an entry that is fresh until `deadline`, and its weight.
    pub(crate) fn brought(&self, deadline: u64) -> (Times, u64) {
        let mut times = Times::until(deadline);
        if self.row[BRINGS] == 0 {
            return (times, 0);
        }
        times.revalidates_for = self.read(REVALIDATES);
        times.bridges_for = self.read(BRIDGES);
        if self.read(IDLES) != 0 {
            times.idle_for = self.read(IDLES);
        }
        (times, self.read(WEIGHS))
    }

    /// Writes down for how long a stale entry may still be used.
    pub(crate) fn tell(&mut self, stale: Staleness) {
        self.write(REVALIDATES, stale.revalidates_for.saturating_sub(stale.since));
        self.write(BRIDGES, stale.bridges_for.saturating_sub(stale.since));
    }

    /// Writes down where the links of tags are.
    pub(crate) fn point(&mut self, links: *const u32) {
        self.row[LINKS] = address(links);
    }

    fn read(&self, position: usize) -> u64 {
        u64::from(self.row[position + 1]) << 32 | u64::from(self.row[position])
    }

    fn write(&mut self, position: usize, value: u64) {
        self.row[position] = value as u32;
        self.row[position + 1] = (value >> 32) as u32;
    }

    /// Writes a value that views depend on.
    fn place(&mut self, position: usize, value: u32) {
        if self.row[position] != value {
            self.row[position] = value;
            self.row[LAYOUT] = self.row[LAYOUT].wrapping_add(1);
        }
    }
}

/// An address as JavaScript knows it; on other machines than wasm it means nothing.
fn address<T>(pointer: *const T) -> u32 {
    pointer as usize as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use cachefn_core::private::{Arrival, Layout, Policy, Times};

    #[test]
    fn the_layout_number_grows_when_a_column_moves_and_only_then() {
        let mut engine = Engine::new(1_000, Policy::S3Fifo);
        let mut header = Header::new();
        header.publish(&mut engine);
        let mut moved = 0;
        for key in 0..1_000_u32 {
            let columns = |layout: Layout| (layout.cells, layout.nodes, layout.states);
            let before = (columns(engine.layout()), header.row[LAYOUT]);
            let hash = key.wrapping_mul(0x9E37_79B1);
            let arrival = Arrival { hash, now: 0, times: Times::until(u64::MAX), weight: 0 };
            engine.insert(&arrival, usize::MAX, u64::MAX).unwrap();
            header.publish(&mut engine);
            let after = (columns(engine.layout()), header.row[LAYOUT]);
            assert_eq!(before.0 != after.0, before.1 != after.1, "key {key}");
            moved += u32::from(before.1 != after.1);
        }
        assert!((5..50).contains(&moved), "{moved} moves");
        assert_eq!(header.row[LEN], 1_000);
    }
}
