//! What begins while tokens wait, are on their way, or are unknown.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use cachefn_conformance::{Chaos, Faults, LocalBus, MapStorage};
use cachefn_core::{Bus, Capabilities, Error, Found, Invalidation, Keep, Message, Storage, Token};
use cachefn_tokio::Outbox;

use crate::support::{Manual, Scene, now};

const LONG: Duration = Duration::from_secs(60);

/// One that tells with each record the token of the namespace `n`.
struct Telling(MapStorage);

impl Storage for Telling {
    async fn get(&self, name: &[u8]) -> Result<Option<Found>, Error> {
        let (found, tokens) = (self.0.get(name).await?, self.0.tokens(&[b"%n:n"]).await?);
        Ok(found.map(|mut found| {
            found.tokens = Some(tokens);
            found
        }))
    }
    async fn set(&self, name: &[u8], record: Bytes, keep: Keep<'_>) -> Result<(), Error> {
        self.0.set(name, record, keep).await
    }
    async fn delete(&self, name: &[u8]) -> Result<bool, Error> {
        self.0.delete(name).await
    }
    async fn delete_if(&self, name: &[u8], record: &[u8]) -> Result<bool, Error> {
        self.0.delete_if(name, record).await
    }
    fn capabilities(&self) -> Capabilities {
        self.0.capabilities()
    }
}

#[test]
fn s_34_what_begins_while_a_new_token_is_on_its_way_begins_with_that_one() {
    for is_frozen in [true, false] {
        let scene = Scene::through();
        let (runtime, outbox) = (&scene.runtime, &scene.outbox);
        let [first, second, other] = [1, 2, 3].map(|byte| Token([byte; 16]));
        runtime.drive(outbox.create_tokens(&[(b"%n:n", first)])).unwrap();
        scene.server.inject(Faults::down());
        runtime.drive(outbox.replace_tokens(&[(b"%n:n", second)])).unwrap();
        // The call is under way for as long as nothing answers, and then it fails, or not.
        scene.server.inject(Faults::frozen());
        runtime.advance(LONG);
        let begun = runtime.drive(outbox.create_tokens(&[(b"%n:n", other)])).unwrap();
        assert_eq!(begun, [second], "the first is not valid any more");
        scene.server.inject(if is_frozen { Faults::none() } else { Faults::down() });
        runtime.advance(LONG);
        let begun = runtime.drive(outbox.create_tokens(&[(b"%n:n", other)])).unwrap();
        assert_eq!(begun, [second]);
        scene.server.inject(Faults::none());
        runtime.advance(LONG);
        assert_eq!(now(scene.map.tokens(&[b"%n:n"])).unwrap(), [Some(second)]);
    }
}

#[test]
fn s_27_a_read_that_began_while_a_token_waited_does_not_bring_the_one_before_it() {
    let runtime = Manual::new();
    let server = Chaos::new(Telling(MapStorage::new()), 7);
    let outbox = Outbox::new(server.clone(), runtime.clone()).clock(runtime.clock());
    let outbox = now(outbox.build()).unwrap();
    let [first, second] = [1, 2].map(|byte| Token([byte; 16]));
    runtime.drive(outbox.create_tokens(&[(b"%n:n", first)])).unwrap();
    let keep = Keep::new(None, &[b"%n:n"]);
    runtime.drive(outbox.set(b"n:a", b"old"[..].into(), keep)).unwrap();
    let found = runtime.drive(outbox.get(b"n:a")).unwrap().unwrap();
    assert_eq!(found.tokens, Some(vec![Some(first)]));
    server.inject(Faults::down());
    runtime.drive(outbox.replace_tokens(&[(b"%n:n", second)])).unwrap();
    // It is asked before the new token gets there, and answers when nothing waits any more.
    server.inject(Faults::none().delays(1.0, 1).for_reads());
    let mut get = pin!(outbox.get(b"n:a"));
    let mut context = Context::from_waker(Waker::noop());
    assert!((0..2).all(|_| get.as_mut().poll(&mut context).is_pending()));
    server.inject(Faults::none());
    runtime.advance(LONG);
    assert_eq!(outbox.pending().entries, 0);
    let Poll::Ready(found) = get.as_mut().poll(&mut context) else { panic!("it waits") };
    assert_eq!(found.unwrap().unwrap().tokens, None, "the cache has to ask");
}

#[test]
fn s_28_an_answer_that_is_older_than_a_new_token_is_not_what_the_next_one_begins_with() {
    for is_heard in [false, true] {
        let scene = Scene::through();
        let (runtime, outbox, bus) = (&scene.runtime, &scene.outbox, LocalBus::new());
        let following = outbox.bus(bus.connect());
        let _hearing = following.subscribe(Arc::new(|_| ()));
        let [first, second, other] = [1, 2, 3].map(|byte| Token([byte; 16]));
        runtime.drive(outbox.create_tokens(&[(b"%n:n", first)])).unwrap();
        scene.server.inject(Faults::none().delays(1.0, 1).for_reads());
        let mut tokens = pin!(outbox.tokens(&[b"%n:n"]));
        let mut context = Context::from_waker(Waker::noop());
        assert!((0..2).all(|_| tokens.as_mut().poll(&mut context).is_pending()), "it was asked");
        scene.server.inject(Faults::none());
        match is_heard {
            false => runtime.drive(outbox.replace_tokens(&[(b"%n:n", second)])).unwrap(),
            true => {
                let message = Message::new("n", 8, Invalidation::Everything);
                now(bus.connect().publish(&message)).unwrap();
            }
        }
        assert!(tokens.as_mut().poll(&mut context).is_ready());
        scene.server.inject(Faults::down());
        let begun = runtime.drive(outbox.create_tokens(&[(b"%n:n", other)])).unwrap();
        assert_eq!(begun, [if is_heard { other } else { second }]);
    }
}
