//! Whether a kept response may answer a request now: one pure function.

use super::directives::RequestDirectives;
use super::stored::Stored;

/// What may be done with a kept response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It answers.
    Fresh,
    /// It answers although it is stale, because the client takes that.
    Stale,
    /// The origin is to be asked first.
    Ask {
        /// It may answer while somebody asks.
        meanwhile: bool,
        /// It may answer if the origin has a failure instead of an answer.
        on_error: bool,
        /// Whether the client wants it, rather than the time.
        by_client: bool,
    },
}

/// What an application says beside what its origin does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Leeway {
    /// Seconds, for responses that say nothing.
    pub(super) stale_while_revalidate: u64,
    pub(super) stale_if_error: u64,
    /// Whether the windows of an origin count beside its `s-maxage`.
    pub(super) beyond_s_maxage: bool,
}

/// Decides about a response of this age, in seconds.
pub(super) fn judge(
    stored: &Stored,
    age: u64,
    asks: &RequestDirectives,
    leeway: &Leeway,
) -> Verdict {
    let windows = windows(stored, leeway);
    let staleness = age.checked_sub(stored.lifetime); // 0 is stale, by nothing
    // A client that wants a fresh one validated gets it unvalidated within a window only, too.
    let on_error = staleness.unwrap_or(0) < windows.on_error;
    if stored.says.no_cache {
        return Verdict::Ask { meanwhile: false, on_error: false, by_client: false };
    }
    if asks.no_cache {
        return Verdict::Ask { meanwhile: false, on_error, by_client: true };
    }
    let too_old = asks.max_age.is_some_and(|most| age > most);
    match staleness {
        None => {
            let left = stored.lifetime - age;
            if too_old || asks.min_fresh.is_some_and(|wanted| left < wanted) {
                return Verdict::Ask { meanwhile: false, on_error, by_client: true };
            }
            Verdict::Fresh
        }
        Some(staleness) => {
            let taken =
                asks.max_stale.is_some_and(|most| most.is_none_or(|most| staleness <= most));
            if taken && !too_old && asks.min_fresh.is_none() && windows.may_be_stale {
                return Verdict::Stale;
            }
            let by_client = too_old || asks.min_fresh.is_some();
            let meanwhile = staleness < windows.meanwhile && !by_client;
            Verdict::Ask { meanwhile, on_error, by_client: false }
        }
    }
}

/// For how long a response is worth keeping, in seconds of its age.
pub(super) fn worth(stored: &Stored, leeway: &Leeway, validation: u64) -> u64 {
    let windows = windows(stored, leeway);
    let longest = windows.meanwhile.max(windows.on_error).max(validation);
    stored.lifetime.saturating_add(longest)
}

struct Windows {
    may_be_stale: bool,
    meanwhile: u64,
    on_error: u64,
}

fn windows(stored: &Stored, leeway: &Leeway) -> Windows {
    let says = &stored.says;
    let closed = Windows { may_be_stale: false, meanwhile: 0, on_error: 0 };
    if says.must_revalidate || says.proxy_revalidate || says.no_cache {
        return closed;
    }
    if says.s_maxage.is_some() {
        if !leeway.beyond_s_maxage {
            return closed;
        }
        let meanwhile = says.stale_while_revalidate.unwrap_or(0);
        let on_error = says.stale_if_error.unwrap_or(0);
        return Windows { meanwhile, on_error, ..closed };
    }
    Windows {
        may_be_stale: true,
        meanwhile: says.stale_while_revalidate.unwrap_or(leeway.stale_while_revalidate),
        on_error: says.stale_if_error.unwrap_or(leeway.stale_if_error),
    }
}
