//! All memory there is, as one array; blocks are given from a list of free ones, first fit.

use core::alloc::{GlobalAlloc, Layout};
use core::cell::UnsafeCell;
use core::ptr::{NonNull, null_mut};

/// An allocator over `SIZE` bytes, for a program of one thread whose interrupts allocate nothing.
#[derive(Debug)]
pub struct Arena<const SIZE: usize> {
    bytes: UnsafeCell<Bytes<SIZE>>,
    list: UnsafeCell<List>,
}

#[derive(Debug)]
#[repr(align(16))]
struct Bytes<const SIZE: usize>([u8; SIZE]);

#[derive(Debug)]
struct List {
    /// The free block with the lowest address; each holds the next one.
    free: Option<NonNull<Free>>,
    started: bool,
    used: usize,
    most: usize,
}

/// Stands in every free block.
#[derive(Debug)]
#[repr(C, align(16))]
struct Free {
    size: usize,
    next: Option<NonNull<Free>>,
}

const UNIT: usize = size_of::<Free>();

// SAFETY: the program has one thread (no target of this example starts another), and interrupts do
// not allocate, so that no two calls run at once.
unsafe impl<const SIZE: usize> Sync for Arena<SIZE> {}

impl<const SIZE: usize> Arena<SIZE> {
    /// All of it free.
    #[allow(clippy::new_without_default, reason = "an allocator is a constant")]
    pub const fn new() -> Self {
        let list = List { free: None, started: false, used: 0, most: 0 };
        Arena { bytes: UnsafeCell::new(Bytes([0; SIZE])), list: UnsafeCell::new(list) }
    }

    /// The most bytes that were in use at once.
    pub fn most_used(&self) -> usize {
        // SAFETY: one thread, and no reference to the list outlives a call.
        unsafe { (*self.list.get()).most }
    }
}

// SAFETY: blocks are whole units inside `bytes`, aligned to a unit, and a block is either in the list
// or given out, because `take` unlinks what it gives and `give_back` links what it gets.
unsafe impl<const SIZE: usize> GlobalAlloc for Arena<SIZE> {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: one thread, so this is the only reference to the list; the bytes are reached by
        // pointers only, and given to the list as one block before anything else.
        unsafe {
            let list = &mut *self.list.get();
            if !list.started {
                list.started = true;
                put(self.bytes.get().cast(), SIZE / UNIT * UNIT, &raw mut list.free);
            }
            list.take(layout)
        }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: as above; the caller passes what `alloc` gave for this layout.
        unsafe { (*self.list.get()).give_back(block.cast(), units(layout)) }
    }
}

impl List {
    fn take(&mut self, layout: Layout) -> *mut u8 {
        let size = units(layout);
        if layout.align() > UNIT {
            return null_mut();
        }
        let mut link: *mut Option<NonNull<Free>> = &raw mut self.free;
        // SAFETY: the list holds only free blocks inside the array; `link` is the place that holds
        // the current one, and what is left of a block is at least a unit long.
        unsafe {
            while let Some(block) = *link {
                let Free { size: found, next } = block.read();
                if found >= size {
                    *link = next;
                    if found > size {
                        put(block.byte_add(size).as_ptr(), found - size, link);
                    }
                    self.used += size;
                    self.most = self.most.max(self.used);
                    return block.as_ptr().cast();
                }
                link = &raw mut (*block.as_ptr()).next;
            }
        }
        null_mut()
    }

    /// # Safety
    /// The block was given out with this size.
    unsafe fn give_back(&mut self, block: *mut Free, size: usize) {
        self.used -= size;
        let mut link: *mut Option<NonNull<Free>> = &raw mut self.free;
        // SAFETY: as in `take`; neighbours are joined only when they touch.
        unsafe {
            let mut before: Option<NonNull<Free>> = None;
            while let Some(next) = (*link).filter(|next| next.as_ptr() < block) {
                before = Some(next);
                link = &raw mut (*next.as_ptr()).next;
            }
            put(block, size, link);
            join(block);
            if let Some(before) = before {
                join(before.as_ptr());
            }
        }
    }
}

/// Puts a block into the list.
///
/// # Safety
/// The block is free, in no list, at least a unit long; `link` is where it belongs by address.
unsafe fn put(block: *mut Free, size: usize, link: *mut Option<NonNull<Free>>) {
    // SAFETY: by the contract above.
    unsafe {
        block.write(Free { size, next: *link });
        *link = NonNull::new(block);
    }
}

/// Joins a free block with the next when they touch.
///
/// # Safety
/// The block is in the list.
unsafe fn join(block: *mut Free) {
    // SAFETY: both are free blocks of the list.
    unsafe {
        let Some(next) = (*block).next else { return };
        if block.byte_add((*block).size) == next.as_ptr() {
            let next = next.read();
            (*block).size += next.size;
            (*block).next = next.next;
        }
    }
}

fn units(layout: Layout) -> usize {
    layout.size().max(1).next_multiple_of(UNIT)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    fn layout(size: usize) -> Layout {
        Layout::from_size_align(size, 8).expect("a small layout")
    }

    #[test]
    fn blocks_do_not_overlap_and_joined_memory_is_whole_again() {
        let arena = Arena::<4096>::new();
        for round in 0..50_usize {
            let mut blocks = Vec::new();
            for number in 0..20_u8 {
                let layout = layout(1 + (usize::from(number) * 37 + round) % 120);
                // SAFETY: the layout is not empty; the block is written within its size.
                unsafe {
                    let block = arena.alloc(layout);
                    assert!(!block.is_null());
                    block.write_bytes(number, layout.size());
                    blocks.push((block, layout, number));
                }
            }
            for at in (0..blocks.len()).map(|at| (at * 7 + round) % 20) {
                let (block, layout, number) = blocks[at];
                // SAFETY: the block was given out with this layout, and is given back once.
                unsafe {
                    assert!((0..layout.size()).all(|byte| *block.add(byte) == number));
                    arena.dealloc(block, layout);
                }
            }
        }
        let all = layout(4096);
        // SAFETY: as above.
        unsafe {
            let block = arena.alloc(all);
            assert!(!block.is_null(), "all neighbours were joined");
            assert!(arena.alloc(layout(1)).is_null());
            arena.dealloc(block, all);
        }
        assert_eq!(arena.most_used(), 4096);
    }
}
