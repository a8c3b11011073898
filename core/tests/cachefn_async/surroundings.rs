//! Where an asynchronous function may stand, and what it may look like.

use crate::*;
use cachefn_core::cachefn;
use pollster::block_on;
use std::fmt::Display;
use std::marker::PhantomData;
use std::rc::Rc;
use std::sync::Arc;

struct Store {
    tenant: String,
}

impl Store {
    /// Loads.
    #[cachefn(key = "user:{self.tenant}:{id}", ttl = "1m")]
    async fn load(&self, id: u64) -> String {
        pause().await;
        format!("user {id} of {}", self.tenant)
    }

    #[cachefn(key = "{self.tenant}")]
    async fn shared(self: Arc<Self>, _unused: &str) -> Result<usize, String> {
        Ok(self.tenant.len())
    }

    #[cachefn(Self)]
    async fn double(id: u64) -> u64 {
        id * 2
    }
}

#[test]
fn h_40_methods_have_their_companions_beside_them() {
    let store = Store { tenant: "eu".to_owned() };
    block_on(async {
        assert_eq!(store.load(7).await, "user 7 of eu");
        assert_eq!(store.load_key(7), "user:eu:7");
        assert_eq!(Store::load_cache().get("user:eu:7").await.unwrap().unwrap(), "user 7 of eu");
        assert_eq!(store.load_warm([7, 8], cachefn_core::Warming::new(2)).await, 1);
        assert_eq!((Store::double(2).await, Store::double_uncached(3).await), (4, 6));
        assert_eq!(Arc::new(store).shared("x").await, Ok(2));
    });
}

trait Weather {
    async fn today(&self, city: &str) -> Result<String, std::fmt::Error>;
}

struct Almanac(u32);

static WEATHER: Runs = Runs::new();

impl Weather for Almanac {
    #[cachefn(trait, key = "{self.0}/{city}", ttl = "1h")]
    async fn today(&self, city: &str) -> Result<String, std::fmt::Error> {
        use std::fmt::Write;
        WEATHER.tick();
        let mut text = String::new();
        write!(text, "rain in {city}")?;
        pause().await;
        Ok(text)
    }
}

#[test]
fn h_40_a_method_of_a_trait_is_cached_too() {
    block_on(async {
        assert_eq!(Almanac(1900).today("Rome").await.unwrap(), "rain in Rome");
        assert_eq!(Almanac(1900).today("Rome").await.unwrap(), "rain in Rome");
        assert_eq!(WEATHER.count(), 1);
        assert_eq!(Almanac(2000).today("Rome").await.unwrap(), "rain in Rome");
        assert_eq!(WEATHER.count(), 2);
    });
}

#[test]
fn h_40_generic_functions_share_a_cache_and_not_their_values() {
    #[cachefn(key = "{value}")]
    async fn shown<T: Display + Send + 'static>(value: T) -> String {
        pause().await;
        format!("{value}: {}", std::any::type_name::<T>())
    }
    block_on(async {
        assert_eq!((shown(7_u8).await, shown(7_u64).await), ("7: u8".into(), "7: u64".into()));
        assert_eq!((shown(7_u8).await, shown::cache().len()), ("7: u8".into(), 2));
    });
}

/// A type has this constant by itself when it is `Send`, and by the trait when it is not.
struct Sendable<T>(PhantomData<T>);

fn sendable_of<T>(_: &T) -> Sendable<T> {
    Sendable(PhantomData)
}

impl<T: Send> Sendable<T> {
    fn is_send(&self) -> bool {
        true
    }
}

trait NotSendable {
    fn is_send(&self) -> bool {
        false
    }
}

impl<T> NotSendable for Sendable<T> {}

#[test]
fn h_13_the_future_is_send_if_its_body_is() {
    #[cachefn(tags = ["{name}"], cache_if = |value| *value > 0)]
    async fn sendable(name: &str, id: Option<&[u8]>) -> Result<u64, String> {
        pause().await;
        Ok(name.len() as u64 + id.map_or(0, |id| id.len() as u64))
    }
    #[cachefn]
    async fn local(id: u64) -> u64 {
        let here = Rc::new(id);
        pause().await;
        *here
    }
    assert!(sendable_of(&sendable("a", None)).is_send());
    assert!(sendable_of(&sendable::refresh("a", None)).is_send());
    assert!(sendable_of(&sendable::warm([("a", None)], cachefn_core::Warming::new(1))).is_send());
    assert!(!sendable_of(&local(1)).is_send());
    assert_eq!(block_on(local(1)), 1);
}

#[test]
fn s_13_what_is_stored_is_decided_by_value_and_error() {
    static RUNS: Runs = Runs::new();
    #[cachefn(
        cache_if = |value| *value < 100,
        cache_errors = |error: &String| (error == "gone").then_some(std::time::Duration::from_secs(9)),
    )]
    async fn load(id: u32) -> Result<u32, String> {
        RUNS.tick();
        match id {
            0 => Err("gone".to_owned()),
            1 => Err("busy".to_owned()),
            id => Ok(id),
        }
    }
    for id in [0, 1, 2, 100] {
        assert_eq!(block_on(load(id)), block_on(load(id)));
    }
    assert_eq!(RUNS.count(), 6, "twice for 1 and 100");
}
