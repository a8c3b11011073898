//! The module's allocator: powers of two with a list of free blocks each, over growing memory.
//!
//! The engine allocates a few long columns that double, so neither splitting nor merging pays; a
//! general allocator would be larger than the engine. A refused growth is an ordinary null.

use alloc::vec::Vec;
use core::alloc::Layout;
use core::ptr;

/// Blocks of 16 bytes (class 4) to 2 GiB (class 31).
const SMALLEST_CLASS: u32 = 4;
const CLASSES: usize = 32;

/// Where memory comes from.
pub trait Pages {
    /// The first address that may be used.
    fn start(&self) -> usize;
    /// The end of the memory there is.
    fn end(&self) -> usize;
    /// Adds at least so many bytes at the end; whether that was granted.
    fn grow(&mut self, bytes: usize) -> bool;
}

/// The state of the allocator.
pub struct Blocks<P> {
    pages: P,
    /// The first byte never handed out; 0 before the first call.
    top: usize,
    free: [usize; CLASSES],
}

impl<P: Pages> Blocks<P> {
    /// No block handed out yet.
    pub const fn new(pages: P) -> Self {
        Blocks { pages, top: 0, free: [0; CLASSES] }
    }

    /// A block for `layout`, or null when memory is refused.
    pub fn allocate(&mut self, layout: Layout) -> *mut u8 {
        let class = class(layout);
        if class >= CLASSES {
            return ptr::null_mut();
        }
        let block = self.free[class];
        if block != 0 {
            // SAFETY: a free block begins with the address of the next one, written by `release`.
            self.free[class] = unsafe { *(block as *const usize) };
            return block as *mut u8;
        }
        self.extend(class, layout.align()).map_or(ptr::null_mut(), |block| block as *mut u8)
    }

    /// Takes a block back.
    ///
    /// # Safety
    /// `block` came from [`allocate`](Blocks::allocate) with this layout and is not used any more.
    pub unsafe fn release(&mut self, block: *mut u8, layout: Layout) {
        let class = class(layout);
        // SAFETY: the block is ours again, at least 16 bytes long and aligned to 16.
        unsafe { *block.cast::<usize>() = self.free[class] };
        self.free[class] = block as usize;
    }

    fn extend(&mut self, class: usize, align: usize) -> Option<usize> {
        let start = self.top.max(self.pages.start()).next_multiple_of(align.max(16));
        let top = start.checked_add(1 << class)?;
        let missing = top.saturating_sub(self.pages.end());
        // A growth outdates every view in JavaScript, so grow rarely: by a quarter at least.
        let generous = missing.max(self.pages.end() / 4);
        if missing > 0 && !self.pages.grow(generous) && !self.pages.grow(missing) {
            return None;
        }
        self.top = top;
        Some(start)
    }
}

/// The smallest class that holds `layout`, as a power of two.
fn class(layout: Layout) -> usize {
    layout.size().max(1 << SMALLEST_CLASS).next_power_of_two().ilog2() as usize
}

#[cfg(target_family = "wasm")]
mod global {
    use super::{Blocks, Pages};
    use core::alloc::{GlobalAlloc, Layout};
    use core::arch::wasm32;
    use core::cell::UnsafeCell;

    const PAGE: usize = 65_536;

    struct Memory;

    impl Pages for Memory {
        fn start(&self) -> usize {
            unsafe extern "C" {
                static __heap_base: u8;
            }
            &raw const __heap_base as usize
        }
        fn end(&self) -> usize {
            wasm32::memory_size(0) * PAGE
        }
        fn grow(&mut self, bytes: usize) -> bool {
            let before = wasm32::memory_size(0);
            // The result is not asked: where it is emulated it differs from WebAssembly's.
            wasm32::memory_grow(0, bytes.div_ceil(PAGE));
            wasm32::memory_size(0) > before
        }
    }

    struct Allocator(UnsafeCell<Blocks<Memory>>);

    // SAFETY: the module is built without threads.
    unsafe impl Sync for Allocator {}

    #[global_allocator]
    static ALLOCATOR: Allocator = Allocator(UnsafeCell::new(Blocks::new(Memory)));

    // SAFETY: `Blocks` hands out disjoint blocks of at least the size and alignment asked for.
    unsafe impl GlobalAlloc for Allocator {
        #[inline(never)]
        unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
            // SAFETY: one thread, and `Blocks` never calls back.
            unsafe { (*self.0.get()).allocate(layout) }
        }
        #[inline(never)]
        unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
            // SAFETY: as above; the caller vouches for block and layout.
            unsafe { (*self.0.get()).release(block, layout) }
        }
        #[inline(never)]
        unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
            let Ok(new) = Layout::from_size_align(size, layout.align()) else {
                return core::ptr::null_mut();
            };
            if super::class(layout) == super::class(new) {
                return block;
            }
            // SAFETY: both blocks are at least as long as what is copied, and disjoint.
            unsafe {
                let moved = self.alloc(new);
                if !moved.is_null() {
                    moved.copy_from_nonoverlapping(block, layout.size().min(size));
                    self.dealloc(block, layout);
                }
                moved
            }
        }
    }
}

/// Whether a block of `size` bytes can be had, without keeping it.
pub fn has_room(size: usize) -> bool {
    let mut probe = Vec::<u8>::new();
    probe.try_reserve_exact(size).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::boxed::Box;
    use std::vec;

    /// Memory that stands still in a leaked buffer and grows in steps up to its end.
    struct Buffer {
        start: usize,
        end: usize,
        limit: usize,
    }

    impl Buffer {
        fn new(bytes: usize) -> Self {
            let start = Box::leak(vec![0_u128; bytes / 16].into_boxed_slice()).as_ptr() as usize;
            Buffer { start, end: start, limit: start + bytes }
        }
    }

    impl Pages for Buffer {
        fn start(&self) -> usize {
            self.start
        }
        fn end(&self) -> usize {
            self.end
        }
        fn grow(&mut self, bytes: usize) -> bool {
            let granted = bytes <= self.limit - self.end;
            self.end += if granted { bytes } else { 0 };
            granted
        }
    }

    fn layout(size: usize) -> Layout {
        Layout::from_size_align(size, 8).unwrap()
    }

    #[test]
    fn blocks_are_aligned_disjoint_and_used_again() {
        let mut blocks = Blocks::new(Buffer::new(1 << 16));
        let all: Vec<_> = [1, 16, 17, 100, 4096, 3]
            .map(|size| (blocks.allocate(layout(size)) as usize, size))
            .to_vec();
        for (at, (block, size)) in all.iter().enumerate() {
            assert!(*block != 0 && block % 16 == 0, "block of {size}");
            for (other, length) in &all[at + 1..] {
                assert!(block + size <= *other || other + length <= *block);
            }
        }
        // SAFETY: the block came from this allocator with this layout.
        unsafe { blocks.release(all[3].0 as *mut u8, layout(100)) };
        assert_eq!(blocks.allocate(layout(128)) as usize, all[3].0);
    }

    #[test]
    fn refused_growth_is_null_and_smaller_wishes_are_still_granted() {
        let mut blocks = Blocks::new(Buffer::new(1 << 12));
        assert!(blocks.allocate(layout(1 << 13)).is_null());
        assert!(!blocks.allocate(layout(1 << 11)).is_null());
        assert!(!blocks.allocate(layout(1 << 10)).is_null());
        assert!(blocks.allocate(layout(1 << 11)).is_null());
    }
}
