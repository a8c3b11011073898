//! A weather station as firmware: no operating system, one thread, and a heap of 16 KiB.
//!
//! It builds for boards (`thumbv7em-none-eabi`, `riscv32imc-unknown-none-elf`) as a static library,
//! and runs under WASI with the same heap, so that the test command can see it work.

#![no_std]

extern crate alloc;
#[cfg(not(target_os = "none"))]
extern crate std;

mod arena;
mod board;
mod station;

pub use arena::Arena;
pub use board::Board;
pub use station::{Report, Station};

/// How much memory the board has for everything that is allocated.
pub const HEAP: usize = 16 * 1024;

/// On a board and under WASI nothing else can give memory: more than this is a failure.
#[cfg(any(target_os = "none", target_os = "wasi"))]
#[global_allocator]
static MEMORY: Arena<HEAP> = Arena::new();

/// What a board calls after its start: shows that many frames and tells how many readings it took
/// from the bus.
#[unsafe(no_mangle)]
pub extern "C" fn station_run(frames: u32) -> u32 {
    Station::new(Board::new()).map_or(0, |mut station| station.run(frames).taken)
}

#[cfg(target_os = "none")]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    loop {
        core::hint::spin_loop();
    }
}
