//! What a second call costs: nothing runs, nothing is allocated.

use crate::*;
use cachefn_core::{Cache, cachefn};
use pollster::block_on;

#[test]
fn h_08_a_second_call_with_the_same_arguments_runs_nothing() {
    static RUNS: Runs = Runs::new();
    #[cachefn(ttl = "5m", max_entries = 100, policy = "lru")]
    async fn double(number: u64) -> u64 {
        pause().await;
        RUNS.tick();
        number * 2
    }
    block_on(async {
        assert_eq!((double(4).await, double(4).await, double(5).await), (8, 8, 10));
    });
    assert_eq!(RUNS.count(), 2);
    let cache: &'static Cache<(u64,), u64> = double::cache();
    let stats = cache.stats();
    assert_eq!((stats.hits, stats.misses, stats.loads), (1, 2, 2));
}

#[test]
fn h_40_a_hit_allocates_nothing_whatever_the_arguments() {
    #[cachefn(ttl = "5m", tags = ["area:{area}"])]
    async fn permissions(area: &str, id: u32) -> u64 {
        pause().await;
        area.len() as u64 + u64::from(id)
    }
    #[cachefn]
    async fn sum(numbers: &[u64], name: Option<&str>, plus: &u64) -> u64 {
        numbers.iter().sum::<u64>() + name.map_or(0, str::len) as u64 + plus
    }
    let rights = || block_on(permissions("europe", 7));
    let total = || block_on(sum(&[1, 2], Some("four"), &3));
    assert!(allocations(|| assert_eq!(rights(), 13)) > 0, "a miss keeps the key");
    // An executor may allocate: what it takes for nothing is what a hit may take.
    let nothing = allocations(|| block_on(async {}));
    assert_eq!(allocations(|| assert_eq!(rights(), 13)), nothing);
    assert_eq!(total(), 10);
    assert_eq!(allocations(|| assert_eq!(total(), 10)), nothing);
}

#[test]
fn h_40_what_a_hit_does_not_need_is_no_part_of_its_future() {
    #[cachefn]
    async fn double(number: u64) -> u64 {
        number * 2
    }
    let size = size_of_val(&double(1));
    assert!(size <= 1_280, "bytes of a future: {size}");
}

#[test]
fn h_14_early_returns_and_errors_leave_by_the_way_of_any_value() {
    static RUNS: Runs = Runs::new();
    #[cachefn]
    async fn parse(text: &str) -> Result<u64, std::num::ParseIntError> {
        RUNS.tick();
        pause().await;
        if text.is_empty() {
            return Ok(0);
        }
        let number: u64 = text.parse()?;
        Ok(number)
    }
    block_on(async {
        assert_eq!((parse("").await, parse("").await), (Ok(0), Ok(0)));
        assert_eq!((parse("7").await, parse("7").await), (Ok(7), Ok(7)));
        assert_eq!(RUNS.count(), 2);
        assert!(parse("x").await.is_err() && parse("x").await.is_err());
    });
    assert_eq!((RUNS.count(), parse::cache().len()), (4, 2));
}

#[test]
fn s_22_the_cache_has_the_name_of_its_function() {
    #[cachefn]
    async fn plain() -> u8 {
        1
    }
    #[cachefn(version = 2)]
    async fn newer() -> u8 {
        1
    }
    #[cachefn(id = "mine", version = "b")]
    async fn named() -> u8 {
        1
    }
    let own = concat!(module_path!(), "::s_22_the_cache_has_the_name_of_its_function::");
    assert_eq!(plain::cache().name(), [own, "plain"].concat());
    assert_eq!(newer::cache().name(), [own, "newer@2"].concat());
    assert_eq!(named::cache().name(), "mine@b");
}
