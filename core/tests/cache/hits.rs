//! What a hit in memory costs: no allocation, no box, and no call of the storage.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use crate::support::*;

/// Counts what this thread allocates.
struct Counting;

thread_local! {
    static ALLOCATED: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: everything is handed on to the allocator of the system.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // While a thread ends, nobody asks any more.
        let _ = ALLOCATED.try_with(|allocated| allocated.set(allocated.get() + 1));
        // SAFETY: the caller's promises are the system's.
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(block, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

/// How many allocations there are while this runs to its end.
fn allocations<T>(run: impl AsyncFn() -> T) -> usize {
    let waker = std::task::Waker::noop();
    let mut context = std::task::Context::from_waker(waker);
    let mut most = 0;
    for _ in 0..100 {
        let before = ALLOCATED.with(Cell::get);
        let ready = std::pin::pin!(run()).as_mut().poll(&mut context).is_ready();
        assert!(ready, "a hit never waits");
        most = most.max(ALLOCATED.with(Cell::get) - before);
    }
    most
}

#[test]
fn p_09_a_hit_in_memory_allocates_nothing_and_asks_nobody() {
    let (store, clock, background) = (Store::new(), clock(), Background::default());
    let texts = over::<String, u64>(&store, &clock).build().unwrap();
    finish(texts.set("some text".into(), 5)).unwrap();
    let builder = over::<String, u64>(&store, &clock).ttl(ms(1_000)).refresh_after(0.9);
    let builder = builder.fetcher(|_| async { 7 }).stale_if_error(ms(5));
    let through = builder.runtime(background.clone()).load_timeout(ms(5)).build().unwrap();
    finish(through.set("some text".into(), 5)).unwrap();
    store.calls();
    for cache in [&texts, &through] {
        assert_eq!(allocations(async || cache.get("some text").await), 0, "get");
        let fetch = async || cache.get_or_fetch("some text", async || 9).await;
        assert_eq!(allocations(fetch), 0, "get_or_fetch");
        let fetch = async || cache.get_or_fetch_shared("some text", || async { 9 }).await;
        assert_eq!(allocations(fetch), 0, "get_or_fetch_shared");
        let options = cachefn_core::EntryOptions::new;
        let fetch = async || cache.get_or_fetch_with("some text", options(), async |_| 9).await;
        assert_eq!(allocations(fetch), 0, "get_or_fetch_with");
        assert_eq!(allocations(async || cache.contains("some text").await), 0, "contains");
    }
    assert_eq!((store.calls(), background.take().len()), (vec![], 0));
}

#[test]
fn s_13_a_load_costs_nothing_for_an_error_that_it_could_share() {
    let cache = cachefn_core::Cache::<u32, u32>::builder("c").clock(clock()).build().unwrap();
    let options = cachefn_core::EntryOptions::new;
    for result in [Ok(5), Err(5_u64)] {
        let fetch = async |context: cachefn_core::LoadContext<u32>| {
            context.skip();
            result
        };
        let load = async || cache.get_or_fetch_with(&1, options(), fetch).await;
        // The first ones make room in lists.
        allocations(load);
        let alone = allocations(load);
        let shared = allocations(async || cache.try_get_or_fetch_with(&1, options(), fetch).await);
        assert_eq!(alone, shared, "{result:?}");
    }
    let alone = allocations(async || cache.get_or_fetch(&1, async || Err::<u32, _>(5)).await);
    let shared = allocations(async || cache.try_get_or_fetch(&1, async || Err(5)).await);
    assert_eq!(
        (alone, shared),
        (3, 3),
        "the way of a miss, a place to wait, and what is dropped unlocked"
    );
}

#[test]
fn p_09_what_a_hit_does_not_need_is_no_part_of_its_future() {
    let (store, clock) = (Store::new(), clock());
    let cache = over::<u64, u64>(&store, &clock).build().unwrap();
    let key = 7;
    let sizes = [
        size_of_val(&cache.get(&key)),
        size_of_val(&cache.get_or_fetch(&key, async || 9)),
        size_of_val(&cache.get_or_fetch_shared(&key, || async { 9 })),
        size_of_val(&cache.try_get_or_fetch(&key, async || Err("down"))),
        size_of_val(&cache.try_get_or_fetch_shared(&key, || async { Err("down") })),
    ];
    // Two references, where it is, and what is awaited; the fetchers here have nothing.
    assert!(sizes.iter().all(|size| *size <= 512), "bytes of futures: {sizes:?}");
}
