//! Methods and associated functions, in all the places where they stand.

use crate::*;

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Store {
    tenant: String,
    base: u64,
}

static LOADS: Runs = Runs::new();
static MAKES: Runs = Runs::new();
static TAKES: Runs = Runs::new();

impl Store {
    const LIMIT: usize = 3;

    fn of(tenant: &str, base: u64) -> Store {
        Store { tenant: tenant.to_owned(), base }
    }

    /// Loads what has this number.
    #[cachefn(key = "user:{self.tenant}:{id}", ttl = "1m", tags = ["tenant:{self.tenant}"])]
    pub(crate) fn load(&self, id: u64) -> u64 {
        LOADS.tick();
        self.base + id
    }

    #[cachefn(key = (&self.tenant, id.len()))]
    fn length(&self, id: &str) -> Result<u64, String> {
        if id.is_empty() {
            return Err(format!("nothing in {}", self.tenant));
        }
        let more: u64 = id.parse().map_err(|_| id.to_owned())?;
        Ok(self.base + more)
    }

    #[cachefn(key = "{self.tenant}")]
    fn take(self) -> String {
        TAKES.tick();
        self.tenant
    }

    #[cachefn(key = "{self.tenant}")]
    fn shared(self: Arc<Self>, _times: u8) -> String {
        self.tenant.repeat(2)
    }

    #[cachefn(key = "{id}")]
    fn same_for_all(&self, id: u64) -> u64 {
        self.base + id
    }

    #[cachefn]
    fn make(tenant: &str, base: u64) -> Self {
        MAKES.tick();
        Self::of(tenant, base)
    }

    #[cachefn(max_entries = Self::LIMIT)]
    fn limited(id: u64) -> u64 {
        id
    }

    #[cachefn(Self)]
    fn unrelated(id: u64) -> u64 {
        id + 1
    }

    #[cachefn]
    fn called_in_the_body(id: u64) -> u64 {
        let store = Self::of("x", id);
        store.base
    }

    #[cachefn(key = "{self.tenant}/{r#type}")]
    fn r#match(&self, r#type: u8) -> u8 {
        r#type
    }
}

#[test]
fn a_method_finds_its_values_by_the_key() {
    let (eu, us) = (Store::of("eu", 100), Store::of("us", 200));
    assert_eq!((eu.load(7), eu.load(7), us.load(7)), (107, 107, 207));
    assert_eq!(LOADS.count(), 2);
    assert_eq!(eu.load_key(7), "user:eu:7");
    assert_eq!(Store::load_cache().get("user:us:7"), Some(207));
    Store::load_cache().invalidate_by_tag("tenant:eu");
    assert_eq!((eu.load(7), us.load(7)), (107, 207));
    assert_eq!(LOADS.count(), 3);
    assert_eq!((eu.load_uncached(8), eu.load_refresh(7)), (108, 107));
    assert_eq!(LOADS.count(), 5);
    assert_eq!((eu.load_warm([7, 8, 9]), Store::load_cache().len()), (2, 4));
}

#[test]
fn a_hit_of_a_method_allocates_nothing() {
    let store = Store::of("hits", 0);
    assert!(allocations(|| assert_eq!(store.same_for_all(99), 99)) > 0);
    assert_eq!(allocations(|| assert_eq!(store.same_for_all(99), 99)), 0);
    assert_eq!(store.length("15"), Ok(15));
    assert_eq!(allocations(|| assert_eq!(store.length("15"), Ok(15))), 0);
}

#[test]
fn an_early_return_and_a_question_mark_leave_a_method_too() {
    let store = Store::of("ends", 1);
    assert_eq!(store.length(""), Err("nothing in ends".to_owned()));
    assert_eq!(store.length("x"), Err("x".to_owned()));
    assert_eq!((store.length("4"), store.length("5")), (Ok(5), Ok(5)), "one key");
    assert_eq!(store.length_key("44"), "\"ends\",2");
}

#[test]
fn self_may_be_a_value_or_a_pointer() {
    let store = Store::of("taken", 0);
    assert_eq!((store.clone().take(), store.clone().take()), ("taken".into(), "taken".into()));
    assert_eq!(TAKES.count(), 1);
    let shared = Arc::new(store);
    assert_eq!(shared.clone().shared(1), "takentaken");
    assert_eq!(
        (shared.clone().shared(2), shared.shared_key(3)),
        ("takentaken".into(), "taken".into())
    );
}

#[test]
fn a_key_without_self_is_the_same_for_all_instances() {
    assert_eq!((Store::of("a", 1).same_for_all(1), Store::of("b", 2).same_for_all(1)), (2, 2));
}

#[test]
fn associated_functions_are_cached_by_their_arguments() {
    let made = Store::of("it", 1);
    assert_eq!((Store::make("it", 1), Store::make("it", 1)), (made.clone(), made.clone()));
    assert_eq!((MAKES.count(), Store::make_key("it", 1)), (1, ("it".to_owned(), 1)));
    let cache: &'static MemoryCache<(String, u64), Store> = Store::make_cache();
    assert_eq!(cache.peek(&("it".to_owned(), 1)), Some(made));
    assert_eq!(Store::make_warm([("it", 1), ("x", 1), ("it", 2)]), 2);
}

#[test]
fn the_type_is_known_by_the_word_self() {
    for id in 0..10 {
        assert_eq!((Store::limited(id), Store::unrelated(id)), (id, id + 1));
        assert_eq!(Store::called_in_the_body(id), id);
    }
    assert_eq!(Store::limited_cache().len(), 3);
    assert_eq!(Store::unrelated_cache().len(), 10);
    assert_eq!(Store::called_in_the_body_cache().len(), 10);
    assert_eq!(Store::of("a", 0).r#match(1), 1);
    assert_eq!((Store::of("a", 0).match_key(2), Store::match_cache().len()), ("a/2".into(), 1));
}

mod generic_types {
    use super::*;
    use std::fmt::Debug;

    static RUNS: Runs = Runs::new();

    struct Boxed<T> {
        id: u64,
        value: T,
    }

    impl<T: Clone + Debug + Send + Sync + 'static> Boxed<T> {
        #[cachefn(key = "{self.id}")]
        fn shown(&self) -> String {
            RUNS.tick();
            format!("{:?}", self.value)
        }

        #[cachefn(key = "{self.id}")]
        fn value(&self) -> T {
            self.value.clone()
        }
    }

    #[test]
    fn h_01_a_method_of_a_generic_type_has_a_cache_for_each_type() {
        let (number, text, list) =
            (Boxed { id: 1, value: 7 }, Boxed { id: 1, value: "x" }, Boxed { id: 1, value: [()] });
        for _ in 0..2 {
            assert_eq!((number.shown(), text.shown()), ("7".into(), "\"x\"".into()));
            assert_eq!(list.shown(), "[()]");
            assert_eq!((number.value(), text.value(), list.value()), (7, "x", [()]));
        }
        assert_eq!(RUNS.count(), 3);
        assert_eq!(Boxed::<i32>::shown_cache().len(), 1);
        assert_eq!(Boxed::<u8>::shown_cache().len(), 0);
    }

    trait Named: 'static {
        fn name(&self) -> String;

        #[cachefn(key = "{times}")]
        fn repeated(&self, times: usize) -> String {
            self.name().repeat(times)
        }
    }

    struct Ada;
    impl Named for Ada {
        fn name(&self) -> String {
            "Ada".to_owned()
        }
    }

    struct Bob;
    impl Named for Bob {
        fn name(&self) -> String {
            "Bob".to_owned()
        }
    }

    #[test]
    fn h_01_a_method_that_a_trait_provides_has_a_cache_for_each_type() {
        assert_eq!((Ada.repeated(2), Bob.repeated(2)), ("AdaAda".into(), "BobBob".into()));
        assert_eq!((Ada.repeated(2), Bob.repeated(2)), ("AdaAda".into(), "BobBob".into()));
        assert_eq!((Ada::repeated_cache().stats().hits, Bob::repeated_cache().len()), (1, 1));
    }
}

mod of_traits {
    use super::*;

    static RUNS: Runs = Runs::new();

    trait Fetch {
        type Error;

        fn fetch(&self, pair: (u8, u8), text: &str) -> Result<u64, Self::Error>;
        fn owned(self, list: Vec<u8>) -> Option<Vec<u8>>;
        fn known(id: u8) -> Self;
    }

    impl Fetch for Store {
        type Error = String;

        /// Loads it.
        #[cachefn(trait, key = "{self.tenant}:{text}", ttl = "1m", tags = ["{text}"])]
        fn fetch(&self, (a, mut b): (u8, u8), text: &str) -> Result<u64, Self::Error> {
            RUNS.tick();
            if text.is_empty() {
                return Err("nothing".to_owned());
            }
            b += a;
            let more: u64 = text.parse().map_err(|_| text.to_owned())?;
            Ok(more + u64::from(b))
        }

        #[cachefn(trait, key = "{self.base}")]
        fn owned(mut self, mut list: Vec<u8>) -> Option<Vec<u8>> {
            RUNS.tick();
            self.base += 1;
            list.push(self.base.try_into().ok()?);
            Some(list)
        }

        #[cachefn(trait)]
        fn known(id: u8) -> Self {
            RUNS.tick();
            Store::of("known", id.into())
        }
    }

    impl<T: Clone + Send + Sync + 'static> Fetch for (T,) {
        type Error = &'static str;

        #[cachefn(trait, key = "{text}")]
        fn fetch(&self, _: (u8, u8), text: &str) -> Result<u64, &'static str> {
            RUNS.tick();
            if text.is_empty() { Err("empty") } else { Ok(size_of::<T>() as u64) }
        }

        fn owned(self, list: Vec<u8>) -> Option<Vec<u8>> {
            Some(list)
        }

        fn known(_: u8) -> Self {
            unreachable!("nobody asks")
        }
    }

    #[test]
    fn the_method_of_a_trait_is_cached_without_companions() {
        let (eu, us) = (Store::of("eu", 1), Store::of("us", 1));
        for _ in 0..2 {
            assert_eq!((eu.fetch((1, 2), "4"), us.fetch((1, 1), "4")), (Ok(7), Ok(6)));
        }
        assert_eq!(RUNS.count(), 2);
        assert_eq!(
            (eu.fetch((0, 0), ""), eu.fetch((0, 0), "x").is_err()),
            (Err("nothing".into()), true)
        );
        assert_eq!(RUNS.count(), 4);
        assert_eq!(
            (eu.clone().owned(vec![1]), eu.owned(vec![])),
            (Some(vec![1, 2]), Some(vec![1, 2]))
        );
        assert_eq!((Store::known(7).base, Store::known(7).base, RUNS.count()), (7, 7, 6));
        assert_eq!(((1_u8,).fetch((0, 0), "a"), (1_u32,).fetch((0, 0), "a")), (Ok(1), Ok(4)));
        assert_eq!(
            ((1_u8,).fetch((0, 0), "a"), (1_u32,).fetch((0, 0), ""), RUNS.count()),
            (Ok(1), Err("empty"), 9)
        );
    }
}

/// A method with everything on it, where nothing may cause a warning.
#[deny(warnings, unused, missing_docs, unreachable_pub, nonstandard_style)]
#[deny(unused_qualifications, single_use_lifetimes, let_underscore_drop, unused_results)]
mod strict {
    use super::*;

    /// A shelf.
    #[derive(Debug)]
    pub(super) struct Shelf<'n> {
        pub(super) name: &'n str,
    }

    impl Shelf<'static> {
        /// Finds a book.
        #[must_use]
        #[cachefn(key = "{self.name}:{title}", max_entries = 10)]
        #[cfg(not(any()))]
        pub(super) fn find(&self, title: &str, _unused: u8) -> Option<usize> {
            self.name.find(title)
        }

        /// Is not there.
        #[cachefn(key = "{self.name}")]
        #[cfg(any())]
        pub(super) fn find(&self) -> Missing {}

        /// # Safety
        /// `at` is within the name.
        #[cachefn(key = "{self.name}:{at}")]
        #[expect(unsafe_code, reason = "it is what the test is about")]
        pub(super) unsafe fn byte(&self, at: usize) -> u8 {
            self.name.as_bytes()[at]
        }
    }
}

#[test]
#[expect(unsafe_code, reason = "it is what the test is about")]
fn attributes_of_a_method_stay_where_they_belong() {
    let shelf = strict::Shelf { name: "a shelf" };
    assert_eq!((shelf.find("shelf", 1), shelf.find("shelf", 2)), (Some(2), Some(2)));
    assert_eq!(strict::Shelf::find_cache().stats().hits, 1);
    // SAFETY: the name has a second byte.
    let bytes = unsafe { (shelf.byte(1), shelf.byte_uncached(1)) };
    assert_eq!((bytes, shelf.byte_key(1)), ((b' ', b' '), "a shelf:1".to_owned()));
}
