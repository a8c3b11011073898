//! Tells where the parts of an engine that JavaScript reads stand in memory.

use core::ptr::null;

use super::Engine;
use super::columns::Layout;
use crate::ring;

impl Engine {
    /// Where everything stands now; any change of the engine may move it.
    pub fn layout(&self) -> Layout {
        Layout {
            cells: (self.index.as_ptr(), self.index.len()),
            shift: self.index.shift(),
            nodes: self.nodes.as_ptr().cast(),
            states: self.nodes.states.as_ptr().cast(),
            timers: self.wheel.as_ref().map_or(null(), |wheel| wheel.as_ptr().cast()),
            stamps: self.tags.as_ptr().cast(),
            stale: self.stale.as_ptr().cast(),
            idle: self.idle.as_ptr().cast(),
            ring: self.ring.as_ref().map_or(null(), |ring| core::ptr::from_ref(&**ring).cast()),
            ring_capacity: if self.ring.is_some() { ring::CAPACITY as u32 } else { 0 },
            hits_max: self.hits_max,
            samples: self.samples,
        }
    }
}
