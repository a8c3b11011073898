//! Blocks of memory: small ones by powers of two, large ones cut from what is free.
//!
//! The engine's memory is a few long columns that double. What one of them leaves behind is where the
//! next one finds room, so free memory is kept in the order of its addresses and joined (first of the
//! methods in Knuth, The Art of Computer Programming 1, section 2.5, and its best fit). A refused growth
//! is an ordinary null.

use core::alloc::Layout;
use core::ptr;

/// All sizes and addresses are multiples of this.
const UNIT: usize = 16;
/// Blocks up to this are powers of two with a list for each of them, and never join.
const LARGEST_SMALL: usize = 2048;
/// One more than the highest bit of a small block's size.
const CLASSES: usize = 12;

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
    /// The first byte beyond all blocks; 0 before the first call.
    top: usize,
    small: [usize; CLASSES],
    /// The first free large block, or 0. None ends at `top`.
    free: usize,
}

/// What a free large block begins with.
#[derive(Clone, Copy)]
struct Free {
    size: usize,
    /// The next one in the order of addresses, or 0.
    next: usize,
}

impl<P: Pages> Blocks<P> {
    /// No block handed out yet.
    pub const fn new(pages: P) -> Self {
        Blocks { pages, top: 0, small: [0; CLASSES], free: 0 }
    }

    /// A block for `layout`, or null when memory is refused.
    pub fn allocate(&mut self, layout: Layout) -> *mut u8 {
        let size = size(layout);
        if layout.align() > UNIT {
            return self
                .aligned(size, layout.align())
                .map_or(ptr::null_mut(), |block| block as *mut u8);
        }
        let class = size.ilog2() as usize;
        if class < CLASSES && self.small[class] != 0 {
            let block = self.small[class];
            // SAFETY: a free small block begins with the address of the next one, written by `release`.
            self.small[class] = unsafe { *(block as *const usize) };
            return block as *mut u8;
        }
        self.cut(size)
            .or_else(|| self.extend(size))
            .map_or(ptr::null_mut(), |block| block as *mut u8)
    }

    /// Takes a block back.
    ///
    /// # Safety
    /// `block` came from [`allocate`](Blocks::allocate) with this layout and is not used any more.
    pub unsafe fn release(&mut self, block: *mut u8, layout: Layout) {
        let size = size(layout);
        let class = size.ilog2() as usize;
        if class >= CLASSES {
            self.join(block as usize, size);
            return;
        }
        // SAFETY: the block is ours again, at least 16 bytes long and aligned to 16.
        unsafe { *block.cast::<usize>() = self.small[class] };
        self.small[class] = block as usize;
    }

    /// Makes a block longer where it is; whether that was possible.
    ///
    /// # Safety
    /// `block` came from [`allocate`](Blocks::allocate) with layout `old`, and `new` is as aligned.
    pub unsafe fn stretch(&mut self, block: *mut u8, old: Layout, new: Layout) -> bool {
        let (old, new) = (size(old), size(new));
        if new <= old {
            return new == old; // what gets shorter moves: that hardly ever happens
        }
        if old.ilog2() < CLASSES as u32 {
            return false;
        }
        let (end, more) = (block as usize + old, new - old);
        if end == self.top {
            return self.extend(more).is_some();
        }
        let before = self.last_before(end);
        let next = self.next(before);
        if next != end || header(next).size < more {
            return false;
        }
        self.shorten(before, next, more);
        true
    }

    /// A large block that is more than usually aligned: what is cut off at both ends is free again.
    #[cold]
    fn aligned(&mut self, size: usize, align: usize) -> Option<usize> {
        let whole = size.checked_add(align)?;
        let start = self.cut(whole).or_else(|| self.extend(whole))?;
        let block = start.next_multiple_of(align);
        let end = start + whole;
        for (from, to) in [(block + size, end), (start, block)] {
            if from < to {
                self.join(from, to - from);
            }
        }
        Some(block)
    }

    /// The best of the free large blocks, or a part of it.
    fn cut(&mut self, size: usize) -> Option<usize> {
        let (mut best, mut before, mut last) = (0, 0, 0);
        let mut block = self.free;
        while block != 0 {
            let free = header(block);
            if free.size >= size && (best == 0 || free.size < header(best).size) {
                (best, before) = (block, last);
            }
            (last, block) = (block, free.next);
        }
        if best == 0 {
            return None;
        }
        self.shorten(before, best, size);
        Some(best)
    }

    /// Takes the first bytes of a free large block, which follows `before` in the list.
    fn shorten(&mut self, before: usize, block: usize, bytes: usize) {
        let Free { size, next } = header(block);
        let rest = if size == bytes {
            next
        } else {
            write(block + bytes, Free { size: size - bytes, next });
            block + bytes
        };
        self.link(before, rest);
    }

    /// Adds a block to the free large ones, and joins it with those that it touches.
    fn join(&mut self, block: usize, size: usize) {
        let before = self.last_before(block);
        let mut free = Free { size, next: self.next(before) };
        if block + size == free.next {
            let next = header(free.next);
            free = Free { size: size + next.size, next: next.next };
        }
        let (mut start, mut previous) = (block, before);
        if before != 0 && before + header(before).size == block {
            free.size += header(before).size;
            start = before;
            previous = self.last_before(before);
        }
        if start + free.size == self.top {
            self.top = start;
            self.link(previous, 0);
        } else {
            write(start, free);
            self.link(previous, start);
        }
    }

    /// The last free large block before an address, or 0.
    fn last_before(&self, address: usize) -> usize {
        let (mut last, mut block) = (0, self.free);
        while block != 0 && block < address {
            (last, block) = (block, header(block).next);
        }
        last
    }

    /// The free large block after another one, or the first after 0.
    fn next(&self, block: usize) -> usize {
        if block == 0 { self.free } else { header(block).next }
    }

    fn link(&mut self, block: usize, next: usize) {
        if block == 0 {
            self.free = next;
        } else {
            write(block, Free { next, ..header(block) });
        }
    }

    /// So many bytes from the top.
    fn extend(&mut self, size: usize) -> Option<usize> {
        let start = self.top.max(self.pages.start().next_multiple_of(UNIT));
        let top = start.checked_add(size)?;
        let missing = top.saturating_sub(self.pages.end());
        // A growth outdates every view in JavaScript, so not too often: by 3 % at least.
        let generous = missing.max(self.pages.end() / 32);
        if missing > 0 && !self.pages.grow(generous) && !self.pages.grow(missing) {
            return None;
        }
        self.top = top;
        Some(start)
    }
}

fn header(block: usize) -> Free {
    // SAFETY: only called with addresses of free large blocks, which begin with this; they are aligned.
    unsafe { *(block as *const Free) }
}

fn write(block: usize, free: Free) {
    // SAFETY: only called with free memory of at least 16 bytes, aligned to 16.
    unsafe { *(block as *mut Free) = free }
}

/// What a block for `layout` really has: small ones powers of two.
fn size(layout: Layout) -> usize {
    match layout.size() {
        small if small <= LARGEST_SMALL && layout.align() <= UNIT => {
            small.max(UNIT).next_power_of_two()
        }
        // Twice that at least, so that the highest bit of a size tells large blocks from small ones. It
        // cannot overflow, because it is a layout's.
        large => large.max(2 * LARGEST_SMALL).next_multiple_of(UNIT),
    }
}

#[cfg(test)]
mod tests;
