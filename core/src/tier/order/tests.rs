//! Turns, had by hand.

use core::future::Future;
use core::pin::pin;
use core::task::Context;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::task::Wake;

use super::*;

#[derive(Default)]
struct Woken(AtomicUsize);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, SeqCst);
    }
}

/// What a future brings if it is ready at once, and how often it was woken before.
fn now<F: Future>(future: F) -> Option<F::Output> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    }
}

#[test]
fn s_34_turns_of_one_name_are_had_one_after_the_other_and_of_others_at_once() {
    let (order, woken) = (Order::new(), Arc::new(Woken::default()));
    let first = now(order.turn("a")).expect("nobody has it");
    let waker = Waker::from(woken.clone());
    let mut context = Context::from_waker(&waker);
    let mut second = pin!(order.turn("a"));
    assert!(second.as_mut().poll(&mut context).is_pending());
    assert!(now(order.turn("b")).is_some() && order.is_taken("a") && !order.is_taken("b"));
    drop(first);
    assert_eq!(woken.0.load(SeqCst), 1);
    assert!(second.as_mut().poll(&mut context).is_ready() && !order.is_taken("a"));
}

#[test]
fn s_34_many_turns_are_queued_for_in_one_step_so_that_nobody_waits_in_a_circle() {
    let order = Order::new();
    let held = now(order.turn("b")).expect("nobody has it");
    let mut context = Context::from_waker(Waker::noop());
    let (mut one, mut other) =
        (pin!(order.turns(["a", "b", "a"].into_iter())), pin!(order.turns(["b", "a"].into_iter())));
    assert!(one.as_mut().poll(&mut context).is_pending());
    assert!(other.as_mut().poll(&mut context).is_pending());
    drop(held);
    assert!(other.as_mut().poll(&mut context).is_pending());
    let Poll::Ready(one) = one.as_mut().poll(&mut context) else { panic!("it is the first") };
    drop(one);
    assert!(other.as_mut().poll(&mut context).is_ready());
}

#[test]
fn h_11_a_wait_that_is_given_up_leaves_all_its_queues() {
    let order = Order::new();
    let held = now(order.turn("b")).expect("nobody has it");
    assert!(now(order.turns(["a", "b", "c"].into_iter())).is_none());
    assert!(now(order.turn("a")).is_some() && now(order.turn("c")).is_some());
    assert!(now(order.turn("b")).is_none());
    drop(held);
    assert!(now(order.turn("b")).is_some() && order.queues.lock().names.is_empty());
}

#[test]
fn s_30_what_a_large_batch_took_is_given_back() {
    let order = Order::new();
    let names: Vec<alloc::string::String> =
        (0..3 * KEPT).map(|number| alloc::format!("users:{number}")).collect();
    let turns = now(order.turns(names.iter().map(|name| &**name))).expect("nobody has one");
    assert!(names.iter().all(|name| order.is_taken(name)));
    drop(turns);
    assert!(order.queues.lock().names.capacity() <= KEPT);
}
