//! A record as it was found, and what can be said of it without its type.

use core::time::Duration;

use bytes::Bytes;

use super::standing::Standing;
use crate::entry::NEVER;
use crate::error::Error;
use crate::record::Record;

/// A record as it lies in a storage: see [`Records`](crate::Records).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Inspected {
    /// Under which name the storage keeps it: the full one, or a hash.
    pub stored: Bytes,
    /// All its bytes.
    pub bytes: Bytes,
    /// What they say; none if they cannot be read.
    pub record: Option<Record>,
    /// Of what use it is now.
    pub condition: Condition,
}

impl Inspected {
    /// The text of its key, if it can be read.
    pub fn key(&self) -> Option<&str> {
        self.record.as_ref()?.key()
    }
}

/// Of what use a record is.
///
/// ```
/// use cachefn_core::Condition;
/// use std::time::Duration;
/// assert!(Condition::Stale { since: Duration::from_secs(1) }.is_living());
/// assert!(!Condition::Dead.is_living());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Condition {
    /// Caches return it.
    Fresh {
        /// For how long; none for ever.
        left: Option<Duration>,
    },
    /// Caches return it only while it is fetched anew, or when that fails.
    Stale {
        /// For how long already; zero when one of its tags was expired.
        since: Duration,
    },
    /// Its time is over, or one of its tags or all of its cache was invalidated.
    Dead,
    /// It was made by a clock that is ahead of this one.
    Skewed,
    /// It is no record that can be read, for this reason.
    Unreadable(Error),
}

impl Condition {
    /// Whether a cache may still return it.
    pub fn is_living(&self) -> bool {
        matches!(self, Condition::Fresh { .. } | Condition::Stale { .. })
    }
}

impl From<Standing> for Condition {
    fn from(standing: Standing) -> Self {
        match standing {
            Standing::Dead => Condition::Dead,
            Standing::Skewed => Condition::Skewed,
            Standing::Living { fresh_for: 0, stale_since } => {
                Condition::Stale { since: Duration::from_millis(stale_since) }
            }
            Standing::Living { fresh_for, .. } => {
                let left = (fresh_for != NEVER).then(|| Duration::from_millis(fresh_for));
                Condition::Fresh { left }
            }
        }
    }
}

impl Record {
    /// The text of the key in its name; none if the name is not one of a cache.
    ///
    /// ```
    /// # use cachefn_core::{Record, Token};
    /// # let mut record = Record {
    /// #     codec: 2, schema: 0, created: 0, fresh_for: 0, revalidates_for: 0, bridges_for: 0,
    /// #     idle_for: 0, name: "".into(), namespace_token: Token([0; 16]), tags: vec![],
    /// #     payload: "7".into(),
    /// # };
    /// record.name = "users:user:7".into();
    /// assert_eq!((record.namespace().as_deref(), record.key()), (Some("users"), Some("user:7")));
    /// record.name = "nothing".into();
    /// assert_eq!(record.key(), None);
    /// ```
    pub fn key(&self) -> Option<&str> {
        Some(core::str::from_utf8(&self.name).ok()?.split_once(':')?.1)
    }

    /// The name of the cache that it is of, as that was built with; none as for [`key`](Self::key).
    pub fn namespace(&self) -> Option<alloc::string::String> {
        let (namespace, _) = core::str::from_utf8(&self.name).ok()?.split_once(':')?;
        Some(super::names::unescaped(namespace))
    }
}
