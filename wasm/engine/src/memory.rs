//! The module's memory: the allocator that it has where it is WebAssembly.

use alloc::vec::Vec;

#[cfg(target_family = "wasm")]
mod global {
    use crate::blocks::{Blocks, Pages};
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
            // SAFETY: as above, and a new block is at least as long as what is copied, and disjoint.
            unsafe {
                if (*self.0.get()).stretch(block, layout, new) {
                    return block;
                }
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
