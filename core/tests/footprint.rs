//! Memory stays flat, whatever is done to a cache, and the same calls do the same again.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use cachefn_core::{EntryOptions, EventKind, ManualClock, MemoryCache, Policy, unsync};

/// Counts the bytes that this thread has allocated and not freed.
struct Counting;

thread_local! {
    static LIVE: Cell<isize> = const { Cell::new(0) };
}

fn count(bytes: isize) {
    // While a thread ends, nobody asks any more.
    let _ = LIVE.try_with(|live| live.set(live.get() + bytes));
}

// SAFETY: everything is handed on to the allocator of the system.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size() as isize);
        // SAFETY: the caller's promises are the system's.
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        count(-(layout.size() as isize));
        // SAFETY: as above.
        unsafe { System.dealloc(block, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

fn live() -> isize {
    LIVE.with(Cell::get)
}

/// SplitMix64: seeded, so that a failure can be repeated.
struct Random(u64);

impl Random {
    fn below(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % below
    }
}

/// How many calls a storm has.
fn storm() -> u64 {
    if std::env::var_os("CACHEFN_LONG").is_some() { 1_000_000 } else { 60_000 }
}

fn policies() -> Vec<Policy> {
    let names = ["lru", "lfu", "fifo", "sieve", "s3-fifo", "w-tinylfu", "adaptive"];
    names.iter().filter_map(|name| name.parse().ok()).collect()
}

/// Does the same with a cache of either kind under every policy. `$run` names what ran.
macro_rules! in_every_cache {
    ($max:expr, |$cache:ident, $clock:ident, $run:ident| $body:block) => {
        for policy in policies() {
            let $clock = ManualClock::new();
            {
                let $run = format!("sharded {policy}");
                let $cache = MemoryCache::builder().max_entries($max).policy(policy).seed(1);
                let $cache = $cache.clock($clock.clone()).build().unwrap();
                $body
                drop($cache);
            }
            {
                let $run = format!("unsync {policy}");
                let $cache = unsync::MemoryCache::builder().max_entries($max).policy(policy);
                let mut $cache = $cache.seed(1).clock($clock.clone()).build().unwrap();
                $body
                drop($cache);
            }
        }
    };
}

/// The most memory of each quarter of a storm; after the first, everything has found its size.
struct Quarters {
    most: [isize; 4],
    start: isize,
}

impl Quarters {
    fn new() -> Self {
        Quarters { most: [0; 4], start: live() }
    }

    fn look(&mut self, step: u64) {
        let most = &mut self.most[(step * 4 / storm()) as usize];
        *most = (*most).max(live() - self.start);
    }

    fn are_flat(&self, run: &str) {
        let [first, _, _, last] = self.most;
        assert!(first > 0 && last <= first + first / 20 + 256, "{run}: {:?} bytes", self.most);
    }
}

#[test]
fn h_22_a_million_new_keys_leave_memory_as_it_was() {
    in_every_cache!(1_000, |cache, _clock, run| {
        let mut quarters = Quarters::new();
        for key in 0..storm() {
            cache.set(key, key).unwrap();
            cache.get(&(key / 2));
            if key % 16 == 0 {
                assert!(cache.stats().size <= 1_000, "{run}");
                quarters.look(key);
            }
        }
        quarters.are_flat(&run);
        assert_eq!(cache.len(), 1_000, "{run}");
    });
}

#[test]
fn h_22_writing_and_deleting_the_same_keys_for_ever_leaks_nothing() {
    in_every_cache!(300, |cache, _clock, run| {
        let (mut random, mut quarters) = (Random(5), Quarters::new());
        for step in 0..storm() {
            let key = random.below(400);
            match random.below(4) {
                0 => drop(cache.delete(&key)),
                1 => drop(cache.get(&key).is_some()),
                _ => cache.set(key, vec![0_u8; random.below(64) as usize]).unwrap(),
            }
            if step % 5_000 == 4_999 {
                cache.clear();
            }
            quarters.look(step);
        }
        quarters.are_flat(&run);
    });
}

#[test]
fn s_30_tags_that_come_and_go_leave_nothing_behind() {
    in_every_cache!(200, |cache, _clock, run| {
        let (mut random, mut quarters) = (Random(6), Quarters::new());
        for step in 0..storm() / 4 {
            let tags = (0..random.below(6)).map(|at| format!("tag {} {at}", step / 3));
            let options = EntryOptions::new().tags(tags).tag(format!("one of {}", step % 9));
            cache.set_with(random.below(300), step, options).unwrap();
            match random.below(8) {
                0 => cache.invalidate_by_tag(&format!("tag {} 1", step / 3)),
                1 => cache.invalidate_by_tag(&format!("one of {}", random.below(9))),
                2 => drop(cache.delete(&random.below(300))),
                _ => {}
            }
            quarters.look(step * 4);
        }
        quarters.are_flat(&run);
    });
}

#[test]
fn s_07_deadlines_of_all_lengths_leave_nothing_behind() {
    in_every_cache!(500, |cache, clock, run| {
        let (mut random, mut quarters) = (Random(7), Quarters::new());
        for step in 0..storm() {
            let ttl = 1 << random.below(30);
            let options = EntryOptions::new().ttl(Duration::from_millis(ttl));
            cache.set_with(random.below(2_000), step, options).unwrap();
            clock.advance(Duration::from_millis(random.below(40)));
            assert!(cache.stats().size <= 500, "{run}");
            quarters.look(step);
        }
        quarters.are_flat(&run);
        let stats = cache.stats();
        assert!(stats.expirations > storm() / 10 && stats.evictions > storm() / 100, "{stats:?}");
        clock.advance(Duration::from_secs(1 << 30));
        assert_eq!((cache.len(), cache.stats().size), (0, 0), "{run}: nothing outlives its time");
    });
}

#[test]
fn ten_thousand_caches_leave_nothing_behind() {
    let build = |at: u64| {
        let policies = policies();
        let policy = policies[at as usize % policies.len()];
        let cache = MemoryCache::<u64, String>::builder().max_entries(50).policy(policy);
        let cache = cache.ttl(Duration::from_secs(9)).build().unwrap();
        let subscription = cache.subscribe(|_| {});
        for key in 0..60 {
            let options = EntryOptions::new().tag(format!("tag {}", key % 7));
            cache.set_with(key, "some text".into(), options).unwrap();
            cache.get_or_fetch(&(key + 1), String::new);
        }
        drop((cache, subscription));
    };
    (0..7).for_each(build); // what a thread keeps for itself
    let before = live();
    (0..10_000 / if storm() < 1_000_000 { 10 } else { 1 }).for_each(build);
    assert_eq!(live(), before);
}

#[test]
fn s_10_the_same_seed_and_the_same_calls_have_the_same_victims() {
    let victims = |policy: Policy, sharded: bool| {
        let left = Arc::new(Mutex::new(Vec::new()));
        let log = left.clone();
        let listener = move |event: &cachefn_core::Event<u64>| {
            if event.kind == EventKind::Eviction {
                log.lock().unwrap().push(event.key);
            }
        };
        let mut random = Random(11);
        let mut calls = (0..20_000).map(|_| (random.below(4), random.below(30) * random.below(30)));
        macro_rules! run {
            ($builder:expr) => {{
                let cache = &mut $builder.max_entries(120).policy(policy).seed(3).build().unwrap();
                let subscription = cache.subscribe(listener);
                for (call, key) in &mut calls {
                    match call {
                        0 => cache.set(key, ()).unwrap(),
                        1 => drop(cache.delete(&(key / 2))),
                        _ if cache.get(&key).is_none() => cache.set(key, ()).unwrap(),
                        _ => {}
                    }
                }
                drop(subscription);
            }};
        }
        match sharded {
            true => run!(MemoryCache::builder()),
            false => run!(unsync::MemoryCache::builder()),
        }
        left.lock().unwrap().clone()
    };
    for policy in policies() {
        for sharded in [true, false] {
            let first = victims(policy, sharded);
            assert!(first.len() > 300, "{policy}: {} victims", first.len());
            assert!(first == victims(policy, sharded), "{policy}, sharded: {sharded}");
        }
    }
}
