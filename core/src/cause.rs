//! Why values leave.

use core::fmt;

/// Why a value left the cache, or why something failed.
///
/// ```
/// assert_eq!(cachefn_core::Cause::TooHeavy.as_str(), "too-heavy");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Cause {
    /// A newer value was set under the key.
    Replaced,
    /// `delete` was called.
    Deleted,
    /// The deadline passed.
    Expired,
    /// The cache was full, and the policy chose the entry.
    Evicted,
    /// One of its tags was invalidated.
    Tag,
    /// Its key matched an invalidated pattern.
    Pattern,
    /// `clear` was called.
    Cleared,
    /// It weighs more than the whole cache may.
    TooHeavy,
    /// A fetcher failed (only in `error` events).
    LoadFailed,
    /// A fetcher asked for the key it was loading (only in `error` events).
    Reentrant,
    /// The storage could not be asked; the call went on without it.
    StorageFailed,
    /// A record could not be read, or a value not be written as one; the call went on without it.
    Undecodable,
    /// The other caches could not be told what is not valid any more, or what they said could not be
    /// read; they are told with the next message.
    BusFailed,
    /// It could not be agreed with other processes who makes a value, or another took too long for it; the
    /// call made its own.
    LeaseFailed,
}

impl Cause {
    const ALL: [Cause; 14] = [
        Cause::Replaced,
        Cause::Deleted,
        Cause::Expired,
        Cause::Evicted,
        Cause::Tag,
        Cause::Pattern,
        Cause::Cleared,
        Cause::TooHeavy,
        Cause::LoadFailed,
        Cause::Reentrant,
        Cause::StorageFailed,
        Cause::Undecodable,
        Cause::BusFailed,
        Cause::LeaseFailed,
    ];

    /// The cause as text, the same in every language.
    ///
    /// ```
    /// assert_eq!(cachefn_core::Cause::Evicted.as_str(), "evicted");
    /// ```
    pub const fn as_str(self) -> &'static str {
        match self {
            Cause::Replaced => "replaced",
            Cause::Deleted => "deleted",
            Cause::Expired => "expired",
            Cause::Evicted => "evicted",
            Cause::Tag => "tag",
            Cause::Pattern => "pattern",
            Cause::Cleared => "cleared",
            Cause::TooHeavy => "too-heavy",
            Cause::LoadFailed => "load-failed",
            Cause::Reentrant => "reentrant",
            Cause::StorageFailed => "storage-failed",
            Cause::Undecodable => "undecodable",
            Cause::BusFailed => "bus-failed",
            Cause::LeaseFailed => "lease-failed",
        }
    }

    /// The number by which JavaScript names the cause.
    #[doc(hidden)]
    pub const fn code(self) -> u32 {
        self as u32
    }

    #[doc(hidden)]
    pub fn from_code(code: u32) -> Option<Cause> {
        Cause::ALL.get(code as usize).copied()
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
