//! What a second call costs: nothing runs, nothing is allocated.

use crate::*;

#[test]
fn a_second_call_with_the_same_arguments_runs_nothing() {
    static RUNS: Runs = Runs::new();
    #[cachefn]
    fn double(number: u64) -> u64 {
        RUNS.tick();
        number * 2
    }
    assert_eq!((double(4), double(4), double(5)), (8, 8, 10));
    assert_eq!(RUNS.count(), 2);
    let stats = double::cache().stats();
    assert_eq!((stats.hits, stats.misses, stats.loads), (1, 2, 2));
}

#[test]
fn a_function_without_arguments_runs_once() {
    static RUNS: Runs = Runs::new();
    #[cachefn(ttl = "5m", max_entries = 1)]
    fn settings() -> String {
        RUNS.tick();
        "settings".to_owned()
    }
    assert_eq!((settings(), settings()), ("settings".to_owned(), "settings".to_owned()));
    assert_eq!(RUNS.count(), 1);
    let (): () = settings::key();
}

#[test]
fn none_is_a_value_like_any_other() {
    static RUNS: Runs = Runs::new();
    #[cachefn]
    fn find(name: &str) -> Option<u32> {
        RUNS.tick();
        name.parse().ok()
    }
    assert_eq!((find("x"), find("x"), find("7"), find("7")), (None, None, Some(7), Some(7)));
    assert_eq!(RUNS.count(), 2);
}

#[test]
fn a_cached_function_is_a_function_value_too() {
    static RUNS: Runs = Runs::new();
    #[cachefn]
    fn square(number: i32) -> i32 {
        RUNS.tick();
        number * number
    }
    let squares: Vec<i32> = [2, 3, 2].into_iter().map(square).collect();
    assert_eq!(squares, [4, 9, 4]);
    assert_eq!(RUNS.count(), 2);
}

#[test]
fn a_hit_allocates_nothing_whatever_the_arguments() {
    #[cachefn(ttl = "5m", policy = "lru", tags = ["area:{area}"])]
    fn permissions(area: &str, id: u32) -> u64 {
        area.len() as u64 + u64::from(id)
    }
    #[cachefn]
    fn sum(numbers: &[u64], name: String, plus: &u64) -> u64 {
        numbers.iter().sum::<u64>() + name.len() as u64 + plus
    }
    let names: Vec<String> = (0..4).map(|_| "four".to_owned()).collect();
    assert!(allocations(|| assert_eq!(permissions("europe", 7), 13)) > 0, "a miss keeps the key");
    assert_eq!(allocations(|| assert_eq!(permissions("europe", 7), 13)), 0);
    for (calls, name) in names.into_iter().enumerate() {
        let allocated = allocations(|| assert_eq!(sum(&[1, 2], name, &3), 10));
        assert_eq!(allocated == 0, calls > 0, "call {calls}");
    }
}
