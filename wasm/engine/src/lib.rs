//! The engine as integer-only functions; the npm package calls them and reads the memory behind.
//!
//! A handle is the address of a cache. Times are milliseconds as two 32-bit halves; a deadline of
//! 0 means none. After each call that may change the cache its `Header` tells where everything is.

#![no_std]
#![allow(clippy::missing_safety_doc, reason = "the only caller is npm/src/engine.ts")]

extern crate alloc;
// Elsewhere than on wasm (tests, checks) the panic handler comes from std.
#[cfg(not(target_family = "wasm"))]
extern crate std;

pub mod blocks;
mod header;
pub mod memory;

use alloc::boxed::Box;
use cachefn_core::Cause;
use cachefn_core::private::{Arrival, Engine, MAX_ENTRIES, Policy, State};
use header::Header;
use wasm_bindgen::prelude::wasm_bindgen;

#[cfg(target_family = "wasm")]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}

/// What a call returns when memory was refused; nothing has changed then.
pub const REFUSED: u32 = u32::MAX;

/// One JavaScript cache.
pub struct Cache {
    header: Header,
    engine: Engine,
    max_entries: usize,
    max_weight: u64,
}

impl Cache {
    /// Runs a change and publishes where everything stands afterwards.
    fn change<T>(&mut self, change: impl FnOnce(&mut Engine) -> T) -> T {
        self.engine.removed().clear();
        let result = change(&mut self.engine);
        self.header.publish(&mut self.engine);
        result
    }

    /// A new value in the place of another. Others leave when it makes the cache too heavy.
    fn replace(&mut self, slot: u32, now: u64, replace: impl FnOnce(&mut Engine) -> bool) -> u32 {
        let max_weight = self.max_weight;
        self.change(|engine| {
            if !replace(engine) {
                return 1;
            }
            while engine.len() > 1 && engine.is_heavier_than(max_weight) {
                engine.evict_but(slot, now);
            }
            0
        })
    }
}

fn time(low: u32, high: u32) -> u64 {
    u64::from(high) << 32 | u64::from(low)
}

fn deadline(low: u32, high: u32) -> u64 {
    match time(low, high) {
        0 => u64::MAX,
        deadline => deadline,
    }
}

/// The cache behind a handle.
fn cache<'a>(handle: usize) -> &'a mut Cache {
    // SAFETY: npm/src/engine.ts passes only handles that `create` returned and `dispose` did not
    // get yet, and JavaScript runs one call at a time, so the reference is unique while it lives.
    unsafe { &mut *(handle as *mut Cache) }
}

/// The policies; their codes are the positions, the same as in `npm/src/engine/codes.ts`.
const POLICIES: [Policy; 7] = [
    Policy::Lru,
    Policy::Lfu,
    Policy::Fifo,
    Policy::Sieve,
    Policy::S3Fifo,
    Policy::WTinyLfu,
    Policy::Adaptive,
];

/// A new cache; 0 when memory is refused. With 0 for `max_entries` there may be any number; weights
/// count when the most that all may weigh is not 0.
#[wasm_bindgen]
pub fn create(max_entries: u32, policy: u32, weight_low: u32, weight_high: u32) -> usize {
    let policy = POLICIES.get(policy as usize).copied().unwrap_or_default();
    if !memory::has_room(size_of::<Cache>() + 2048) {
        return 0;
    }
    // How many entries fit shows when the cache is full, if only their weight is bounded.
    let planned = max_entries.max(1);
    let (mut engine, max_weight) = match time(weight_low, weight_high) {
        0 => (Engine::new(planned, policy), u64::MAX),
        max_weight => (Engine::weighing(planned, policy), max_weight),
    };
    if engine.reserve_entries(1).is_err() {
        return 0;
    }
    let max_entries = if max_entries == 0 { MAX_ENTRIES } else { max_entries as usize };
    let mut cache = Box::new(Cache { header: Header::new(), engine, max_entries, max_weight });
    cache.change(|_| ());
    Box::into_raw(cache) as usize
}

/// Frees a cache; its handle is dead afterwards.
#[wasm_bindgen]
pub fn dispose(handle: usize) {
    // SAFETY: as in `cache`; the binding forgets the handle after this call.
    drop(unsafe { Box::from_raw(handle as *mut Cache) });
}

/// The address of the header.
#[wasm_bindgen]
pub fn header(handle: usize) -> usize {
    core::ptr::from_ref(&cache(handle).header) as usize
}

/// Adds an entry whose key is absent, evicting one when the cache is full; its slot, or [`REFUSED`].
#[wasm_bindgen]
pub fn insert(
    handle: usize,
    hash: u32,
    now_low: u32,
    now_high: u32,
    deadline_low: u32,
    deadline_high: u32,
) -> u32 {
    let cache = cache(handle);
    let (times, weight) = cache.header.brought(deadline(deadline_low, deadline_high));
    let arrival = Arrival { hash, now: time(now_low, now_high), times, weight };
    let (full_at, heavy_above) = (cache.max_entries, cache.max_weight.saturating_sub(weight));
    cache.change(|engine| engine.insert_listed(&arrival, full_at, heavy_above).unwrap_or(REFUSED))
}

/// A new value under a living key; 0, or 1 when memory is refused.
#[wasm_bindgen]
pub fn renew(
    handle: usize,
    slot: u32,
    now_low: u32,
    now_high: u32,
    deadline_low: u32,
    deadline_high: u32,
) -> u32 {
    let cache = cache(handle);
    let (times, weight) = cache.header.brought(deadline(deadline_low, deadline_high));
    let arrival = Arrival { hash: 0, now: time(now_low, now_high), times, weight };
    cache.replace(slot, arrival.now, |engine| engine.renew(slot, &arrival).is_ok())
}

/// A new value in the place of a living one, whose tags and times stay.
#[wasm_bindgen]
pub fn change(handle: usize, slot: u32, now_low: u32, now_high: u32) {
    let (cache, now) = (cache(handle), time(now_low, now_high));
    let (_, weight) = cache.header.brought(0);
    cache.replace(slot, now, |engine| {
        engine.change(slot, now, weight);
        true
    });
}

/// Removes an entry; the code of the cause, which is another when it was dead already.
#[wasm_bindgen]
pub fn remove(handle: usize, slot: u32, now_low: u32, now_high: u32, cause: u32) -> u32 {
    let cause = Cause::from_code(cause).unwrap_or(Cause::Deleted);
    cache(handle).change(|engine| engine.remove(slot, time(now_low, now_high), cause)).code()
}

/// Makes a fresh entry stale now, or removes it when it has no time to be stale.
#[wasm_bindgen]
pub fn expire(handle: usize, slot: u32, now_low: u32, now_high: u32) {
    let now = time(now_low, now_high);
    cache(handle).change(|engine| {
        if !engine.expire(slot, now) {
            engine.remove(slot, now, Cause::Expired);
        }
    });
}

/// 0 for a dead entry, 1 for a fresh one, 2 for a stale one: then the header has for how long it may be
/// used for what. It also has where the links of tags are now.
#[wasm_bindgen]
pub fn state(handle: usize, slot: u32, now_low: u32, now_high: u32) -> u32 {
    let cache = cache(handle);
    cache.header.point(cache.engine.tag_links());
    match cache.engine.state(slot, time(now_low, now_high)) {
        State::Dead(_) => 0,
        State::Fresh => 1,
        State::Stale(stale) => {
            cache.header.tell(stale);
            2
        }
    }
}

/// Reclaims expired entries in at most `budget` steps.
#[wasm_bindgen]
pub fn advance(handle: usize, now_low: u32, now_high: u32, budget: u32) {
    cache(handle).change(|engine| engine.advance(time(now_low, now_high), budget));
}

/// Reclaims all dead entries.
#[wasm_bindgen]
pub fn sweep(handle: usize, now_low: u32, now_high: u32) {
    cache(handle).change(|engine| engine.sweep(time(now_low, now_high)));
}

/// Removes all entries.
#[wasm_bindgen]
pub fn clear(handle: usize, now_low: u32, now_high: u32) {
    cache(handle).change(|engine| engine.clear(time(now_low, now_high)));
}

/// Replays the hits in the ring.
#[wasm_bindgen]
pub fn drain(handle: usize) {
    cache(handle).engine.drain_hits();
}

/// A number for a new tag, or [`REFUSED`].
#[wasm_bindgen]
pub fn tag_create(handle: usize) -> u32 {
    cache(handle).change(|engine| engine.create_tag().unwrap_or(REFUSED))
}

/// Gives an entry a tag; 0, or 1 when memory is refused.
#[wasm_bindgen]
pub fn tag_attach(handle: usize, slot: u32, tag: u32, stamp: u32) -> u32 {
    cache(handle).change(|engine| u32::from(engine.attach_tag(slot, tag, stamp).is_err()))
}

/// Makes every entry that carries the tag unreachable.
#[wasm_bindgen]
pub fn tag_invalidate(handle: usize, tag: u32) {
    cache(handle).change(|engine| engine.invalidate_tag(tag));
}

/// Makes every entry that carries the tag stale.
#[wasm_bindgen]
pub fn tag_expire(handle: usize, tag: u32, now_low: u32, now_high: u32) {
    cache(handle).change(|engine| engine.expire_tag(tag, time(now_low, now_high)));
}

/// 1 when no tag of the entry was invalidated.
#[wasm_bindgen]
pub fn tags_valid(handle: usize, slot: u32) -> u32 {
    u32::from(cache(handle).engine.tags_are_valid(slot))
}

/// How many bytes a cache has allocated here, about; the header has its weight afterwards.
#[wasm_bindgen]
pub fn memory_usage(handle: usize) -> usize {
    let cache = cache(handle);
    cache.header.publish_weight(cache.engine.weight());
    size_of::<Cache>() + cache.engine.memory()
}
