//! `#[cachefn]` as its users see it. Every test counts how often the body ran.
#![cfg(feature = "macros")]

mod arguments;
mod borrowed;
mod companions;
mod failures;
mod generics;
mod hits;
mod hygiene;
mod keys;
mod lifetimes;
mod methods;
mod results;
mod settings;
mod surroundings;
mod threads;
mod warming;

use cachefn_core::{MemoryCache, cachefn};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::num::ParseIntError;
use std::panic::catch_unwind;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Barrier};
use std::thread;

/// Counts the runs of one test's body.
struct Runs(AtomicUsize);

impl Runs {
    const fn new() -> Runs {
        Runs(AtomicUsize::new(0))
    }

    /// Counts a run; its number, from 1.
    fn tick(&self) -> usize {
        self.0.fetch_add(1, SeqCst) + 1
    }

    fn count(&self) -> usize {
        self.0.load(SeqCst)
    }
}

/// How often this thread allocated while `call` ran.
fn allocations(call: impl FnOnce()) -> usize {
    let before = ALLOCATIONS.with(Cell::get);
    call();
    ALLOCATIONS.with(Cell::get) - before
}

thread_local! {
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}

struct Counting;

#[global_allocator]
static COUNTING: Counting = Counting;

// SAFETY: every call is passed on unchanged; counting touches only a thread-local number.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let _ = ALLOCATIONS.try_with(|count| count.set(count.get() + 1));
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(place, layout) }
    }
}
