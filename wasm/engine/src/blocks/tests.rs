use super::*;
use alloc::boxed::Box;
use alloc::vec::Vec;
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
fn any_alignment_can_be_had_and_leaves_nothing_behind() {
    let mut blocks = Blocks::new(Buffer::new(1 << 16));
    let first = blocks.allocate(layout(4096));
    for align in [32, 64, 4096] {
        let aligned = Layout::from_size_align(100, align).unwrap();
        let block = blocks.allocate(aligned);
        assert!(!block.is_null() && block as usize % align == 0, "{align}");
        // SAFETY: the block came from this allocator with this layout.
        unsafe { blocks.release(block, aligned) };
        assert_eq!(blocks.free, 0, "{align}: all is beyond the top again");
        assert_eq!(blocks.top, first as usize + 4096);
    }
}

#[test]
fn refused_growth_is_null_and_smaller_wishes_are_still_granted() {
    let mut blocks = Blocks::new(Buffer::new(1 << 12));
    assert!(blocks.allocate(layout(1 << 13)).is_null());
    assert!(!blocks.allocate(layout(1 << 11)).is_null());
    assert!(!blocks.allocate(layout(1 << 10)).is_null());
    assert!(blocks.allocate(layout(1 << 11)).is_null());
}

#[test]
fn freed_neighbours_are_one_block_again_and_a_block_grows_into_the_free_one_behind_it() {
    let mut blocks = Blocks::new(Buffer::new(1 << 16));
    let large = |kibibytes: usize| layout(kibibytes * 1024);
    let [a, b, c, _end] = [4, 8, 4, 4].map(|size| blocks.allocate(large(size)));
    // SAFETY: each block came from this allocator with this layout, and is released once.
    unsafe {
        blocks.release(a, large(4));
        blocks.release(c, large(4));
        assert!(blocks.stretch(b, large(8), large(10)));
        assert!(!blocks.stretch(b, large(10), large(13)), "2 KiB are free behind it");
        blocks.release(b, large(10));
    }
    assert_eq!(blocks.allocate(large(16)), a, "all three, joined");
}

#[test]
fn drawn_blocks_never_overlap_and_nothing_is_lost() {
    let bytes = 1 << 20;
    for seed in 1..=20_u64 {
        let mut random = seed;
        let mut draw = |below: u64| {
            random = random.wrapping_mul(0x5851_F42D_4C95_7F2D).wrapping_add(1);
            (random >> 33) % below
        };
        let mut blocks = Blocks::new(Buffer::new(bytes));
        let mut held: Vec<(*mut u8, Layout, u8)> = Vec::new();
        for step in 0..if cfg!(miri) { 60 } else { 3_000_u64 } {
            let mark = step as u8;
            let fill = |block: *mut u8, layout: Layout| {
                // SAFETY: the block is as long as its layout, and ours.
                unsafe { block.write_bytes(mark, layout.size()) };
            };
            let at = draw(held.len() as u64 + 1) as usize;
            if at == held.len() || draw(3) == 0 {
                let most = 1 << draw(15);
                let layout = layout(1 + draw(most) as usize);
                let block = blocks.allocate(layout);
                if !block.is_null() {
                    fill(block, layout);
                    held.push((block, layout, mark));
                }
                continue;
            }
            let (block, old, written) = held[at];
            // SAFETY: as above.
            let content = unsafe { core::slice::from_raw_parts(block, old.size()) };
            assert!(content.iter().all(|byte| *byte == written), "seed {seed} step {step}");
            let new = layout(old.size() + draw(5_000) as usize);
            // SAFETY: the block came from this allocator with this layout.
            if draw(2) == 0 && unsafe { blocks.stretch(block, old, new) } {
                fill(block, new);
                held[at] = (block, new, mark);
            } else {
                held.swap_remove(at);
                // SAFETY: as above.
                unsafe { blocks.release(block, old) };
            }
        }
        let large: Vec<_> = held.iter().filter(|(_, own, _)| size(*own) >= 4096).collect();
        // SAFETY: as above.
        large.iter().for_each(|(block, own, _)| unsafe { blocks.release(*block, *own) });
        let (mut free, mut block) = (0, blocks.free);
        while block != 0 {
            (free, block) = (free + header(block).size, header(block).next);
        }
        let small: usize = blocks.top - blocks.pages.start - free;
        assert!(small <= bytes / 2, "seed {seed}: {small} bytes are neither free nor held");
    }
}
