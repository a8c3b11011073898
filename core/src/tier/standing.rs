//! What a record that was found is worth: whether its tokens are there, and how old it is.

use core::time::Duration;

use crate::clock::saturating_ms;
use crate::entry::{Freshness, NEVER, freshness};
use crate::options::EntryOptions;
use crate::record::Record;
use crate::storage::Token;

/// A record may come from a clock that is ahead by so many milliseconds.
pub(super) const SKEW: u64 = 5_000;

/// Whether a record may be used.
pub(super) enum Standing {
    /// It is of no use to anybody any more.
    Dead,
    /// Fresh for so many milliseconds more, or none of them and stale since so many.
    Living { fresh_for: u64, stale_since: u64 },
    /// It comes from the future.
    Skewed,
}

/// Compares a record with its tokens and with the time.
pub(super) fn standing(
    record: &Record,
    remaining: Option<Duration>,
    there: &[Option<Token>],
    wall_ms: u64,
) -> Standing {
    let is = |at: usize, token: &Token| there.get(at).copied().flatten() == Some(*token);
    let tags = || record.tags.iter().enumerate();
    if !is(0, &record.namespace_token) || tags().any(|(at, tag)| !is(2 * at + 1, &tag.remove)) {
        return Standing::Dead;
    }
    if record.created > wall_ms.saturating_add(SKEW) {
        return Standing::Skewed;
    }
    let expired = tags().any(|(at, tag)| !is(2 * at + 2, &tag.expire));
    let stale_for = record.revalidates_for.max(record.bridges_for);
    let stale_until = record.fresh_for.saturating_add(stale_for);
    let mut age = wall_ms.saturating_sub(record.created);
    // The storage's own clock may know better how old the record is.
    if let Some(remaining) = remaining.filter(|_| stale_until != NEVER) {
        age = age.max(stale_until.saturating_sub(saturating_ms(remaining)));
    }
    // When it was expired is not known: not before it was made.
    let fresh_until = if expired { 0 } else { record.fresh_for };
    match freshness(fresh_until, stale_until, age) {
        Freshness::Fresh if fresh_until == NEVER => {
            Standing::Living { fresh_for: NEVER, stale_since: 0 }
        }
        Freshness::Fresh => Standing::Living { fresh_for: fresh_until - age, stale_since: 0 },
        Freshness::Stale if stale_for > 0 => {
            Standing::Living { fresh_for: 0, stale_since: age.saturating_sub(record.fresh_for) }
        }
        Freshness::Stale | Freshness::Expired => Standing::Dead,
    }
}

/// On what terms a record goes to memory: its own, for the time it has left.
pub(super) fn terms(record: &Record, fresh_for: u64) -> EntryOptions {
    let duration = |ms| if ms == NEVER { Duration::MAX } else { Duration::from_millis(ms) };
    EntryOptions {
        ttl: Some(duration(fresh_for)),
        tti: Some(duration(record.idle_for)),
        stale_while_revalidate: Some(duration(record.revalidates_for)),
        stale_if_error: Some(duration(record.bridges_for)),
        tags: record.tags.iter().map(|tag| tag.name.clone()).collect(),
        ..EntryOptions::new()
    }
}
