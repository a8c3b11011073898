//! Names and macros around a cached function: nothing of the user's meets anything of ours.

use crate::*;

#[test]
fn h_40_names_of_arguments_meet_nothing_of_ours() {
    static RUNS: Runs = Runs::new();
    #[allow(clippy::too_many_arguments)]
    #[cachefn]
    fn first(
        key: u8,
        cache: &str,
        result: u8,
        value: u8,
        options: u8,
        flight: u8,
        arguments: u8,
        error: u8,
    ) -> u8 {
        RUNS.tick();
        key + cache.len() as u8 + result + value + options + flight + arguments + error
    }
    #[allow(clippy::too_many_arguments)]
    #[cachefn(key = "{key}:{cache}:{text}:{part}", tags = ["{result}", "{options}"])]
    fn second(
        key: u8,
        cache: &str,
        text: u8,
        part: u8,
        result: u8,
        options: u8,
        private: u8,
        loaded: u8,
        sought: u8,
    ) -> u8 {
        RUNS.tick();
        key + cache.len() as u8 + text + part + result + options + private + loaded + sought
    }
    for _ in 0..2 {
        assert_eq!(first(1, "2", 3, 4, 5, 6, 7, 8), 35);
        assert_eq!(second(1, "2", 3, 4, 5, 6, 7, 8, 9), 44);
    }
    assert_eq!(first::warm([(1, "2", 3, 4, 5, 6, 7, 8)]), 0);
    assert_eq!(second::warm([(1, "2", 3, 4, 5, 6, 7, 8, 9)]), 0);
    assert_eq!(RUNS.count(), 2);
}

/// Everything that the prelude offers is something else here.
mod shadowed {
    #![allow(dead_code, unused_macros, unused_imports)]

    #[derive(::core::clone::Clone, PartialEq, Eq, Hash, Debug)]
    pub(super) struct String(pub(super) u8);
    pub(super) struct Vec;
    pub(super) struct Option;
    #[derive(Clone, PartialEq, Eq, Debug)]
    pub(super) struct Result;
    pub(super) struct Box;
    pub(super) struct Some;
    pub(super) struct None;
    pub(super) struct Ok;
    pub(super) struct Err;
    pub(super) struct Text;
    pub(super) trait Into {}
    pub(super) trait ToOwned {}
    pub(super) trait IntoIterator {}
    pub(super) trait Iterator {}
    mod core {}
    mod std {}
    macro_rules! assert {
        ($($tokens:tt)*) => {
            compile_error!("ours is meant")
        };
    }
    macro_rules! panic {
        ($($tokens:tt)*) => {
            compile_error!("ours is meant")
        };
    }
    #[allow(non_camel_case_types)]
    struct usize;
    #[allow(non_camel_case_types)]
    struct u128;

    #[cachefn_core::cachefn(ttl = "5m", max_entries = 10, tags = ["{name}"])]
    pub(super) fn shorten(name: &str, by: String) -> Result {
        let _ = (name, by);
        Result
    }

    #[cachefn_core::cachefn(key = "{name}")]
    pub(super) fn counted<T: 'static, const N: u8>(name: &str) -> u64 {
        let _: ::core::option::Option<T> = ::core::option::Option::None;
        name.len() as u64 + N as u64
    }

    pub(super) struct Store(pub(super) u8);
    impl Store {
        #[cachefn_core::cachefn(key = "{self.0}")]
        pub(super) fn load(&self) -> String {
            String(self.0)
        }
    }
}

#[test]
fn h_40_names_of_the_prelude_may_be_something_else() {
    use shadowed::{Result, Store, String, counted, shorten};
    assert_eq!((shorten("a", String(1)), shorten("a", String(1))), (Result, Result));
    assert_eq!((counted::<u8, 1>("a"), counted::<u8, 2>("a")), (2, 3));
    assert_eq!((Store(1).load(), Store(1).load()), (String(1), String(1)));
    assert_eq!(shorten::cache().stats().hits, 1);
}

#[no_implicit_prelude]
mod without_prelude {
    use ::cachefn_core::cachefn;

    #[cachefn(ttl = 60, tags = ["{name}"])]
    pub(super) fn length(name: &str, more: ::core::option::Option<&str>) -> usize {
        name.len() + more.map_or(0, str::len)
    }

    #[cachefn(key = "{value}", max_entries = 3)]
    pub(super) fn shown<T: ::core::fmt::Display + 'static>(value: T) -> usize {
        let _ = value;
        1
    }

    pub(super) struct Store(pub(super) u8);
    impl Store {
        #[cachefn(key = (self.0, name))]
        pub(super) fn load(&self, name: &str) -> ::core::result::Result<u8, ::core::fmt::Error> {
            let _ = name;
            ::core::result::Result::Ok(self.0)
        }
    }
}

#[test]
fn h_40_no_prelude_is_needed() {
    use without_prelude::{Store, length, shown};
    assert_eq!((length("a", Some("b")), length::warm([("a", None)]), shown(1)), (2, 1, 1));
    assert_eq!((Store(1).load("a"), Store(1).load_warm(["a", "b"])), (Ok(1), 1));
}

/// Functions and methods whose parts come from the caller of a macro.
macro_rules! cached {
    ($(#[$attribute:meta])* $visibility:vis fn $name:ident($($argument:ident: $type:ty),*) -> $output:ty = $key:literal, $limit:expr, $body:block) => {
        $(#[$attribute])*
        #[cachefn(key = $key, max_entries = $limit, ttl = "1m")]
        $visibility fn $name($($argument: $type),*) -> $output $body
    };
    (impl $own:ident: fn $name:ident(&$self:ident, $argument:ident: $type:ty) -> $output:ty = $key:literal, $body:expr) => {
        impl $own {
            #[cachefn(key = $key, tags = [$key])]
            fn $name(&$self, $argument: $type) -> $output {
                let local = 1;
                $body + local
            }
        }
    };
    (by itself $name:ident) => {
        #[cachefn]
        fn $name(argument: u8, other: &str) -> usize {
            usize::from(argument) + other.len()
        }
    };
}

struct Counter {
    id: u8,
}

cached!(impl Counter: fn count(&self, local: u8) -> u8 = "{self.id}:{local}", self.id + local);
cached!(pub(crate) fn sum(left: u8, right: Option<&str>) -> usize = "{left}", 2 + 3, {
    usize::from(left) + right.map_or(0, str::len)
});
cached!(by itself lonely);

#[test]
fn h_40_all_parts_may_come_from_a_macro() {
    let counter = Counter { id: 1 };
    assert_eq!(
        (counter.count(2), counter.count(2), counter.count_key(2)),
        (4, 4, "1:2".to_owned())
    );
    Counter::count_cache().invalidate_by_tag("1:2");
    assert!(Counter::count_cache().is_empty());
    assert_eq!((sum(1, Some("b")), sum(1, None), sum::key(1, None)), (2, 2, "1".to_owned()));
    assert_eq!((lonely(1, "a"), lonely::warm([(1, "a"), (2, "a")])), (2, 1));
}

#[test]
fn h_40_a_cached_function_may_stand_in_a_cached_function() {
    #[cachefn]
    fn outer(id: u8) -> u8 {
        #[cachefn(key = "{id}")]
        fn inner<T: Default + Into<u8> + 'static>(id: u8) -> u8 {
            id + T::default().into()
        }
        struct Local;
        impl Local {
            #[cachefn]
            fn make(id: u8) -> (Self, u8) {
                (Local, id)
            }
        }
        impl Clone for Local {
            fn clone(&self) -> Self {
                Local
            }
        }
        inner::<u8>(id) + inner::<bool>(id) + Local::make(id).1
    }
    assert_eq!((outer(2), outer(2), outer::cache().stats().hits), (6, 6, 1));
}

#[test]
fn h_14_every_way_out_of_a_body_is_an_end_like_any_other() {
    static RUNS: Runs = Runs::new();
    #[cachefn]
    fn ends(way: u8) -> Result<u8, ParseIntError> {
        RUNS.tick();
        for step in 0..3 {
            match way {
                0 if step == 2 => return Ok(step),
                0 => continue,
                1 => break,
                2 => return "x".parse(),
                3 => {
                    let number: u8 = "y".parse()?;
                    return Ok(number);
                }
                _ => return Ok((|| Some(way)?.checked_sub(1))().unwrap_or_default()),
            }
        }
        Ok(9)
    }
    for way in [0, 1, 4] {
        assert!(ends(way) == ends(way) && ends(way).is_ok());
    }
    assert_eq!(RUNS.count(), 3);
    for way in [2, 3] {
        assert!(ends(way).is_err() && ends(way).is_err());
    }
    assert_eq!((RUNS.count(), ends::cache().len()), (7, 3));
}
