//! A set-up step runs once, however many suites wait for it, and all of them learn how it ended.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Instant;

use anyhow::{Error, Result};

use crate::run::progress::{say, seconds};

/// Runs `work` unless a step of this name has run; says so when it had something to do (`Ok(true)`).
pub(super) fn once(name: &str, work: impl FnOnce() -> Result<bool>) -> Result<()> {
    let cell = Arc::clone(
        CELLS.lock().unwrap_or_else(PoisonError::into_inner).entry(name.into()).or_default(),
    );
    let outcome = cell.get_or_init(|| {
        let started = Instant::now();
        let changed = work().map_err(|error| format!("set up {name}: {error:#}"))?;
        if changed {
            say(format!("set up {name} in {}", seconds(started.elapsed())));
        }
        Ok(())
    });
    outcome.clone().map_err(Error::msg)
}

type Outcome = Arc<OnceLock<Result<(), String>>>;

static CELLS: Mutex<BTreeMap<String, Outcome>> = Mutex::new(BTreeMap::new());

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_runs_once_and_its_failure_reaches_everyone() {
        let mut runs = 0;
        for _ in 0..2 {
            let error = once("a broken thing", || {
                runs += 1;
                anyhow::bail!("not on this machine")
            })
            .expect_err("the step fails");
            assert_eq!(error.to_string(), "set up a broken thing: not on this machine");
        }
        assert_eq!(runs, 1);
    }
}
