//! Values behind reader-writer locks whose readers write nothing that another thread writes.
//!
//! A reader announces itself in a lane of its own and looks whether anybody writes; a writer says so
//! and then waits until no lane names its lock. So a read costs one exchange instead of two, two
//! readers on two cores do not pull a line of memory to and fro, and a write gives its lock back with
//! a plain store. After Dice and Kogan, "BRAVO: Biased Locking for Reader-Writer Locks", USENIX ATC
//! 2019; here the bias is never revoked, because a writer looks at few lanes. Who has to wait spins,
//! then yields, then sleeps for moments: nobody is woken, so no wake-up can be lost.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::cell::{RefCell, UnsafeCell};
use core::ops::{Deref, DerefMut};
use core::time::Duration;

use super::lane::{HELD, Lane, Lanes};
use crate::sync::atomic::{AtomicBool, Ordering::*};
use crate::sync::{thread, thread_local};

/// Several values, each behind a lock of its own; all share the readers' lanes.
pub(crate) struct Locks<T> {
    cells: Box<[Cell<T>]>,
    lanes: Lanes,
}

/// On cache lines of its own, the flag on that of the value which a reader looks at first.
#[repr(C, align(128))]
struct Cell<T> {
    /// Somebody has the value alone, or waits for the readers to leave.
    writing: AtomicBool,
    value: UnsafeCell<T>,
}

// SAFETY: a `&T` is handed to several threads at once, a `&mut T` to one at a time, as by `RwLock`.
unsafe impl<T: Send + Sync> Sync for Locks<T> {}

/// This thread already holds one of the locks: foreign code that runs under it called back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reentrant;

impl<T> Locks<T> {
    pub(crate) fn new(values: impl IntoIterator<Item = T>) -> Self {
        let cell = |value| Cell { writing: AtomicBool::new(false), value: UnsafeCell::new(value) };
        Locks { cells: values.into_iter().map(cell).collect(), lanes: Lanes::new() }
    }

    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.cells.len()
    }

    /// Looks at a value, together with other readers.
    ///
    /// # Errors
    /// When this thread holds one of the locks already.
    #[inline]
    pub(crate) fn read<R>(&self, index: usize, look: impl FnOnce(&T) -> R) -> Result<R, Reentrant> {
        self.enter(index).map(|reading| look(reading.value()))
    }

    /// Looks for something in a value as [`read`](Locks::read) does, and counts a hit or a miss.
    ///
    /// # Errors
    /// When this thread holds one of the locks already.
    #[inline]
    pub(crate) fn ask<R>(
        &self,
        index: usize,
        look: impl FnOnce(&T) -> Option<R>,
    ) -> Result<Option<R>, Reentrant> {
        let reading = self.enter(index)?;
        let found = look(reading.value());
        let hit = found.is_some();
        self.lanes.count(reading.lane, |lane| if hit { &lane.hits } else { &lane.misses });
        Ok(found)
    }

    #[inline]
    fn enter(&self, index: usize) -> Result<Reading<'_, T>, Reentrant> {
        let cell = &self.cells[index];
        let lane = self.lanes.own();
        match lane {
            Some(lane) if lane.inside.load(Relaxed) != 0 => return Err(Reentrant),
            Some(lane) => {
                // An exchange, because the look at `writing` must not come before it: either this
                // reader sees the writer, or the writer sees this reader.
                lane.inside.swap(index as u32 + 1, SeqCst);
                if cell.writing.load(SeqCst) {
                    wait_to_read(cell, lane, index as u32 + 1);
                }
            }
            // A thread that has no lane reads as if it wrote.
            None => core::mem::forget(self.write(index)?),
        }
        Ok(Reading { locks: self, cell, lane })
    }

    /// Has a value for this thread alone.
    ///
    /// # Errors
    /// When this thread holds one of the locks already.
    #[inline]
    pub(crate) fn write(&self, index: usize) -> Result<WriteGuard<'_, T>, Reentrant> {
        let cell = &self.cells[index];
        let entered = Entered::new(&self.lanes)?;
        if cell.writing.compare_exchange(false, true, SeqCst, Relaxed).is_err() {
            wait_to_write(&cell.writing);
        }
        for lane in self.lanes.in_use() {
            if lane.inside.load(SeqCst) == index as u32 + 1 {
                wait_for_reader(lane, index as u32 + 1);
            }
        }
        Ok(WriteGuard { cell, _entered: entered })
    }

    /// Counts a hit or a miss of this thread.
    #[inline]
    pub(crate) fn count(&self, hit: bool) {
        self.lanes.count(self.lanes.own(), |lane| if hit { &lane.hits } else { &lane.misses });
    }

    /// Hits and misses of all threads so far.
    pub(crate) fn counted(&self) -> (u64, u64) {
        self.lanes.counted()
    }

    /// Counts from 0 again.
    pub(crate) fn reset_counts(&self) {
        self.lanes.reset();
    }
}

/// Shares a value until dropped.
struct Reading<'a, T> {
    locks: &'a Locks<T>,
    cell: &'a Cell<T>,
    lane: Option<&'a Lane>,
}

impl<T> Reading<'_, T> {
    #[inline]
    fn value(&self) -> &T {
        // SAFETY: no `WriteGuard` of the cell that could be used lives, and none is made before this is
        // dropped: a writer that came earlier would have been seen, one that comes later waits for this
        // lane, or for `writing` where there is no lane.
        unsafe { &*self.cell.value.get() }
    }
}

impl<T> Drop for Reading<'_, T> {
    #[inline]
    fn drop(&mut self) {
        match self.lane {
            Some(lane) => lane.inside.store(0, Release),
            None => leave_alone(self.cell, &self.locks.lanes),
        }
    }
}

/// Undoes what `write` did for a reader without a lane.
#[cold]
fn leave_alone<T>(cell: &Cell<T>, lanes: &Lanes) {
    drop(WriteGuard { cell, _entered: Entered::Listed(core::ptr::from_ref(lanes).addr()) });
}

/// Steps back while somebody writes; afterwards the lane names the lock, and nobody does.
#[cold]
fn wait_to_read<T>(cell: &Cell<T>, lane: &Lane, name: u32) {
    let mut looks = 0;
    loop {
        lane.inside.store(HELD, Release);
        while cell.writing.load(Relaxed) {
            wait(&mut looks);
        }
        lane.inside.swap(name, SeqCst);
        if !cell.writing.load(SeqCst) {
            return;
        }
    }
}

#[cold]
fn wait_to_write(writing: &AtomicBool) {
    let mut looks = 0;
    while writing.compare_exchange_weak(false, true, SeqCst, Relaxed).is_err() {
        wait(&mut looks);
    }
}

#[cold]
fn wait_for_reader(lane: &Lane, name: u32) {
    let mut looks = 0;
    while lane.inside.load(SeqCst) == name {
        wait(&mut looks);
    }
}

/// Has a value alone until dropped.
pub(crate) struct WriteGuard<'a, T> {
    cell: &'a Cell<T>,
    _entered: Entered<'a>,
}

impl<T> Deref for WriteGuard<'_, T> {
    type Target = T;
    #[inline]
    fn deref(&self) -> &T {
        // SAFETY: as in `deref_mut`.
        unsafe { &*self.cell.value.get() }
    }
}

impl<T> DerefMut for WriteGuard<'_, T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: `writing` is true by this guard's maker, so there is no other guard. It was made after
        // no lane named the cell, and whoever announced himself later saw `writing` and stepped back
        // without a look at the value.
        unsafe { &mut *self.cell.value.get() }
    }
}

impl<T> Drop for WriteGuard<'_, T> {
    #[inline]
    fn drop(&mut self) {
        self.cell.writing.store(false, Release);
    }
}

/// Marks that this thread holds a lock, other than as a reader by its lane.
enum Entered<'a> {
    Lane(&'a Lane),
    /// The thread has no lane: the address of the lanes stands in a list of the thread.
    Listed(usize),
}

thread_local! {
    static HOLDS: RefCell<Vec<usize>> = const { RefCell::new(Vec::new()) };
}

impl<'a> Entered<'a> {
    #[inline]
    fn new(lanes: &'a Lanes) -> Result<Self, Reentrant> {
        let Some(lane) = lanes.own() else { return Self::list(lanes) };
        if lane.inside.load(Relaxed) != 0 {
            return Err(Reentrant);
        }
        // Released like every store here: a writer that sees this one must know what was read before it.
        lane.inside.store(HELD, Release);
        Ok(Entered::Lane(lane))
    }

    #[cold]
    fn list(lanes: &'a Lanes) -> Result<Self, Reentrant> {
        let address = core::ptr::from_ref(lanes).addr();
        let listed = HOLDS.try_with(|holds| {
            let mut holds = holds.borrow_mut();
            let held = holds.contains(&address);
            if !held {
                holds.push(address);
            }
            held
        });
        // While a thread ends, its list may be gone already; then nothing is noticed.
        if listed == Ok(true) { Err(Reentrant) } else { Ok(Entered::Listed(address)) }
    }
}

impl Drop for Entered<'_> {
    #[inline]
    fn drop(&mut self) {
        match self {
            Entered::Lane(lane) => lane.inside.store(0, Release),
            Entered::Listed(address) => {
                let _ = HOLDS.try_with(|holds| holds.borrow_mut().retain(|held| held != address));
            }
        }
    }
}

/// Between two looks: whoever is waited for may be in the middle of something long, or not be running.
#[cold]
fn wait(looks: &mut u32) {
    *looks += 1;
    match *looks {
        0..=50 if cfg!(not(shuttle)) => core::hint::spin_loop(),
        0..=100 => thread::yield_now(),
        _ => thread::sleep(Duration::from_micros(50)),
    }
}

// WASI has no threads.
#[cfg(test)]
#[cfg(not(target_family = "wasm"))]
mod tests;
