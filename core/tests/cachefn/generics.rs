//! Functions with type parameters: one cache, in which the types are a part of the key.

use crate::*;
use std::fmt::Display;

#[test]
fn h_01_instances_of_a_generic_function_share_no_entry() {
    static RUNS: Runs = Runs::new();
    #[cachefn(key = "{value}", tags = ["{value}"])]
    fn shown<T: Display + 'static>(value: T) -> String {
        RUNS.tick();
        format!("{} {value}", std::any::type_name::<T>())
    }
    for _ in 0..2 {
        assert_eq!((shown(7_u8), shown(7_u64)), ("u8 7".into(), "u64 7".into()));
        assert_eq!(shown("7"), "&str 7");
    }
    assert_eq!((RUNS.count(), shown::cache().len()), (3, 3));
    assert_ne!(shown::key(7_u8), shown::key(7_u64));
    assert_eq!(shown::cache().peek(&shown::key(7_u8)).as_deref(), Some("u8 7"));
    assert_eq!(shown::warm([7_i32, 8]), 2);
    shown::cache().invalidate_by_tag("7");
    assert_eq!(shown::cache().len(), 1, "a tag is the same for all types");
}

#[test]
fn patterns_match_the_text_of_a_typed_key() {
    #[cachefn(key = "user:{id}")]
    fn user<T: Default + Display + 'static>(id: u64) -> String {
        format!("{id}{}", T::default())
    }
    assert_eq!(
        (user::<u8>(1), user::<String>(1), user::<u8>(2)),
        ("10".into(), "1".into(), "20".into())
    );
    assert_eq!((user::refresh::<u8>(1), user::uncached::<u8>(3)), ("10".into(), "30".into()));
    assert_eq!(user::warm::<u8>([1, 5]), 1);
    let glob = cachefn_core::Glob::new("user:1").expect("a glob");
    assert_eq!(user::cache().invalidate_by_pattern(&glob), 2);
}

#[test]
fn constants_and_types_without_arguments_count() {
    static RUNS: Runs = Runs::new();
    #[cachefn(key = "it")]
    fn size<T, const N: usize, const NEGATIVE: i8, const LETTER: char, const SET: bool>() -> usize
    where
        T: ?Sized + 'static,
    {
        RUNS.tick();
        N + std::any::type_name::<T>().len()
    }
    for _ in 0..2 {
        assert_eq!(size::<str, 1, 0, 'a', true>(), 4);
        assert_eq!(size::<str, 2, 0, 'a', true>(), 5);
        assert_eq!(size::<str, 1, -1, 'a', true>(), 4);
        assert_eq!(size::<str, 1, 0, 'b', true>(), 4);
        assert_eq!(size::<str, 1, 0, 'a', false>(), 4);
        assert_eq!(size::<u8, 1, 0, 'a', true>(), 3);
    }
    assert_eq!(RUNS.count(), 6);
}

#[test]
fn impl_trait_arguments_are_types_too() {
    static RUNS: Runs = Runs::new();
    #[cachefn(key = "{first}/{second}")]
    fn join(
        first: impl Display + 'static,
        second: &(impl Display + 'static),
        more: &&[impl Sized + 'static],
    ) -> String {
        RUNS.tick();
        format!("{first}{second}{}", more.len())
    }
    for _ in 0..2 {
        assert_eq!(join(1_u8, &2, &&[1_u8, 2][..]), "122");
        assert_eq!(join(1_u16, &2, &&[1_u8][..]), "121");
        assert_eq!(join(1_u8, &"2", &&[1_u8][..]), "121");
        assert_eq!(join(1_u8, &2, &&['1'][..]), "121");
    }
    assert_eq!(RUNS.count(), 4);
    assert_eq!(join::warm([(1_u8, &2, &&[1_u8][..]), (2, &2, &&[][..])]), 1);
}

#[test]
fn a_hit_of_a_generic_function_allocates_nothing() {
    #[cachefn(key = "number {value}")]
    fn length<T: Display + 'static>(value: &T) -> usize {
        value.to_string().len()
    }
    assert!(allocations(|| assert_eq!(length(&1234), 4)) > 0);
    assert_eq!(allocations(|| assert_eq!(length(&1234), 4)), 0);
}

#[test]
fn a_method_may_be_generic_and_borrow() {
    struct Shelf {
        name: &'static str,
    }
    impl Shelf {
        #[cachefn(key = "{self.name}:{key}")]
        fn find<'a, K, const N: usize>(
            &'a self,
            key: &'a K,
            _list: [u8; N],
        ) -> Result<usize, &'a str>
        where
            K: Display + ?Sized + 'static,
        {
            let text = key.to_string();
            self.name.find(&text).map(|at| at + N).ok_or(self.name)
        }
    }
    let shelf = Shelf { name: "a shelf" };
    assert_eq!((shelf.find("shelf", [0]), shelf.find("shelf", [0, 0])), (Ok(3), Ok(4)));
    assert_eq!((shelf.find("x", [0]), shelf.find(&'a', [0])), (Err("a shelf"), Ok(1)));
    assert_eq!(Shelf::find_cache().len(), 3);
    assert_eq!(shelf.find_warm([("shelf", [0]), ("s", [1]), ("x", [1])]), 1);
}
