//! No executor at all: a future is driven by a loop that parks its thread. The cache needs no more.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::sync::{Arc, Barrier};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::Duration;

use cachefn_core::{Cache, Error, cachefn};

/// Drives a future to its end on this thread.
fn block_on<F: Future>(future: F) -> F::Output {
    struct Unpark(Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(output) => return output,
            Poll::Pending => thread::park(),
        }
    }
}

static RUNS: AtomicU32 = AtomicU32::new(0);

#[cachefn(max_entries = 1_000)]
async fn cube(number: u64) -> u64 {
    slowly(&RUNS, number * number * number).await
}

fn main() -> Result<(), Error> {
    for _ in 0..3 {
        block_on(cube(3));
    }
    println!("a cached async fn, called three times: {} run", RUNS.load(Relaxed));

    let squares = Cache::<u64, u64>::builder("squares").max_entries(1_000).build()?;

    let (runs, gate) = (AtomicU32::new(0), Barrier::new(8));
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                gate.wait();
                block_on(squares.get_or_fetch(&12, || slowly(&runs, 144)))
            });
        }
    });
    println!("8 threads, each with its own loop, asked for 12 x 12: {} run", runs.load(Relaxed));

    // A caller that gives up in the middle of its fetcher leaves nothing behind.
    let mut given_up = Box::pin(squares.get_or_fetch(&13, std::future::pending::<u64>));
    let mut nobody = Context::from_waker(Waker::noop());
    assert!(given_up.as_mut().poll(&mut nobody).is_pending());
    let waiting = thread::scope(|scope| {
        let waiting = scope.spawn(|| block_on(squares.get_or_fetch(&13, || slowly(&runs, 169))));
        thread::sleep(Duration::from_millis(20)); // so that it is likely to wait by now
        drop(given_up);
        waiting.join().expect("it does not panic")
    });
    println!("a caller was dropped in the middle; the one who waited made {waiting} itself");

    // What memory has is there at the first poll: nothing to wait for, no loop needed.
    let mut hit = pin!(squares.get(&13));
    match hit.as_mut().poll(&mut nobody) {
        Poll::Ready(found) => println!("a hit is ready at its first poll: {:?}", found?),
        Poll::Pending => println!("a hit had to wait"),
    }
    Ok(())
}

/// Something that waits once, as a socket would, and is woken by another thread.
async fn slowly(runs: &AtomicU32, value: u64) -> u64 {
    runs.fetch_add(1, Relaxed);
    let mut begun = false;
    poll_fn(|context| {
        if std::mem::replace(&mut begun, true) {
            return Poll::Ready(value);
        }
        let waker = context.waker().clone();
        thread::spawn(move || {
            thread::sleep(Duration::from_millis(20));
            waker.wake();
        });
        Poll::Pending
    })
    .await
}
