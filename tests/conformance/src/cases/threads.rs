//! A storage that never waits, used by several threads at once.

use crate::failure::Verdict;
use crate::stage::Stage;

#[cfg(not(target_family = "wasm"))]
pub(super) async fn h_32_threads_read_whole_records(stage: &mut Stage<'_>) -> Verdict {
    use std::collections::HashMap;
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use cachefn_core::Storage;

    use super::concurrency::Signed;
    use crate::failure::{Failure, ensure};
    use crate::random::Random;

    fn at_once<T>(future: impl Future<Output = T>) -> Result<T, Failure> {
        match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(value) => Ok(value),
            Poll::Pending => {
                Err(Failure("expected a future that is ready at once, got one that pends".into()))
            }
        }
    }

    let seed = stage.random().draw();
    let stage = &*stage;
    let work = |task: u64| -> Verdict {
        let mut random = Random(seed ^ task);
        let mut newest: HashMap<(usize, u64), u64> = HashMap::new();
        for step in 1..=500 {
            let which = random.index(5);
            let name = format!("threads:{which}");
            match random.index(8) {
                0..3 => {
                    at_once(stage.set(name.as_bytes(), &Signed { task, step }.record()))??;
                    newest.insert((which, task), step);
                }
                3 => {
                    at_once(stage.storage().delete(name.as_bytes()))??;
                }
                _ => {
                    let Some(record) = at_once(stage.record(name.as_bytes()))?? else { continue };
                    let Signed { task, step } = Signed::read(&record)?;
                    let seen = newest.insert((which, task), step).unwrap_or(0);
                    ensure(seen <= step, || {
                        format!(
                            "get {name}: expected write {seen} of thread {task} or a later one, got {step}"
                        )
                    })?;
                }
            }
        }
        Ok(())
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|task| scope.spawn(move || work(task))).collect();
        let end = |thread: std::thread::ScopedJoinHandle<'_, Verdict>| {
            thread.join().unwrap_or_else(|_| Err(Failure("expected no panic, got one".into())))
        };
        threads.into_iter().try_for_each(end)
    })
}

#[cfg(target_family = "wasm")]
pub(super) async fn h_32_threads_read_whole_records(_: &mut Stage<'_>) -> Verdict {
    Ok(()) // not asked for where there are no threads
}
