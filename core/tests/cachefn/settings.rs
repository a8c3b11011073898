//! The arguments of the attribute.

use crate::*;

#[test]
fn a_tag_of_the_arguments_invalidates_its_entries() {
    static RUNS: Runs = Runs::new();
    #[cachefn(tags = ["user:{id}", "users", "area:{area}!"])]
    fn permissions(id: u64, area: &str) -> String {
        RUNS.tick();
        format!("{id} in {area}")
    }
    let fill = || {
        for (id, area) in [(7, "eu"), (7, "us"), (8, "eu")] {
            assert_eq!(permissions(id, area), format!("{id} in {area}"));
        }
    };
    fill();
    fill();
    assert_eq!(RUNS.count(), 3);
    permissions::cache().invalidate_by_tag("user:7");
    fill();
    assert_eq!(RUNS.count(), 5);
    permissions::cache().invalidate_by_tag("area:eu!");
    fill();
    assert_eq!(RUNS.count(), 7);
    permissions::cache().invalidate_by_tag("users");
    fill();
    assert_eq!(RUNS.count(), 10);
}

#[test]
fn a_lifetime_of_zero_stores_nothing() {
    static RUNS: Runs = Runs::new();
    #[cachefn(ttl = "0s")]
    fn text() -> usize {
        RUNS.tick()
    }
    #[cachefn(ttl = 0)]
    fn seconds() -> usize {
        RUNS.tick()
    }
    assert_eq!((text(), text(), seconds(), seconds()), (1, 2, 3, 4));
}

#[test]
fn a_lifetime_is_a_text_or_whole_seconds() {
    #[cachefn(ttl = "1h30m")]
    fn text(id: u8) -> u8 {
        id
    }
    #[cachefn(ttl = 1_800u64)]
    fn seconds(id: u8) -> u8 {
        id
    }
    assert_eq!((text(1), text(1), seconds(1), seconds(1)), (1, 1, 1, 1));
    assert_eq!((text::cache().stats().hits, seconds::cache().stats().hits), (1, 1));
}

#[test]
fn the_limit_is_a_number_or_a_constant() {
    const LIMIT: usize = 3;
    #[cachefn(max_entries = 2, policy = "lru")]
    fn two(id: u32) -> u32 {
        id
    }
    #[cachefn(max_entries = LIMIT * 2, policy = "s3-fifo")]
    fn six(id: u32) -> u32 {
        id
    }
    for id in 0..100 {
        assert_eq!((two(id), six(id)), (id, id));
    }
    assert_eq!((two::cache().len(), six::cache().len()), (2, 6));
    assert_eq!((two::cache().stats().evictions, six::cache().stats().evictions), (98, 94));
}

mod library {
    /// Where another crate might offer ours.
    pub(super) mod caching {
        pub(crate) use cachefn_core::*;
    }
}

#[test]
fn the_crate_may_be_reached_by_another_path() {
    #[library::caching::cachefn(crate = library::caching, ttl = "5m", policy = "lru", tags = ["{id}"])]
    fn double(id: u64) -> u64 {
        id * 2
    }
    assert_eq!((double(2), double(2)), (4, 4));
    assert_eq!(double::cache().stats().hits, 1);
}

macro_rules! cached {
    ($name:ident($argument:ident: $type:ty) -> $output:ty, $ttl:literal, $key:literal, $body:expr) => {
        #[cachefn(ttl = $ttl, key = $key, max_entries = $crate::settings::LIMIT)]
        fn $name($argument: $type) -> $output {
            $body
        }
    };
}
const LIMIT: usize = 10;
cached!(tripled(number: u32) -> u32, "5m", "n{number}", number * 3);
cached!(counted(text: &str) -> Result<usize, String>, 60, "{text}", Ok(text.len()));

#[test]
fn settings_may_come_from_a_macro() {
    assert_eq!((tripled(3), tripled::key(4)), (9, "n4".to_owned()));
    assert_eq!((counted("four"), counted::cache().get("four")), (Ok(4), Some(4)));
}
