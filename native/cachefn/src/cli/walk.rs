//! All records of some caches, one after the other.

use std::collections::HashSet;

use bytes::Bytes;
use cachefn_core::{Clock, Inspected, Records, SystemClock};

use super::failure::Failure;
use super::place::Opened;

/// Whether a walk goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    Next,
    Enough,
}

/// Shows every record of these caches to `visit`, each once; whether all were shown.
///
/// # Errors
/// When the storage cannot list its names or does not answer, and what `visit` says.
pub(crate) async fn each(
    opened: &Opened,
    namespaces: &[String],
    mut visit: impl AsyncFnMut(&Records, Inspected) -> Result<Step, Failure>,
) -> Result<Step, Failure> {
    for namespace in namespaces {
        let records = Records::new(namespace, opened.storage.clone());
        let (mut seen, mut next) = (HashSet::new(), Some(Bytes::new()));
        while let Some(cursor) = next {
            let (page, rest) = records.walk(&cursor, now()).await?;
            for own in page {
                // Redis may name one twice.
                if seen.insert(own.stored.clone()) && visit(&records, own).await? == Step::Enough {
                    return Ok(Step::Enough);
                }
            }
            next = rest;
            // A storage may never wait, and Ctrl-C must be heard.
            tokio::task::yield_now().await;
        }
    }
    Ok(Step::Next)
}

/// The time on the wall.
pub(crate) fn now() -> u64 {
    SystemClock::new().wall_ms()
}
