//! What a record says.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

use bytes::Bytes;

use crate::storage::Token;

/// One entry as a storage keeps it. `docs/record-format.md` draws its bytes, which are the same in
/// every storage and language.
///
/// Times are milliseconds. Only `created` is a point in time; what follows from it is counted from
/// there, so that whoever reads the record can bound it.
///
/// ```
/// use cachefn_core::{Record, RecordTag, Token};
///
/// let record = Record {
///     codec: 2,
///     schema: 0,
///     created: 1_700_000_000_000,
///     fresh_for: 60_000,
///     revalidates_for: 5_000,
///     bridges_for: 0,
///     idle_for: u64::MAX,
///     name: "users:7".into(),
///     namespace_token: Token([1; 16]),
///     tags: vec![RecordTag { name: "eu".into(), remove: Token([2; 16]), expire: Token([3; 16]) }],
///     payload: "{\"name\":\"Ada\"}".into(),
/// };
/// assert_eq!(Record::decode(&record.encode(None))?, record);
/// # Ok::<(), cachefn_core::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Record {
    /// The number of the codec that made the payload.
    pub codec: u8,
    /// What the codec said about the value's type.
    pub schema: u32,
    /// When it was made, by the clock on the wall, since 1970-01-01 UTC.
    pub created: u64,
    /// How long after `created` it is fresh; `u64::MAX` is for ever.
    pub fresh_for: u64,
    /// How long after that it may be returned while it is fetched anew.
    pub revalidates_for: u64,
    /// How long after it was fresh it may be returned when the fetcher fails.
    pub bridges_for: u64,
    /// How long it may lie in memory without a hit; `u64::MAX` is for ever.
    pub idle_for: u64,
    /// The full name, to be compared with the one that was asked for: a storage may know only a hash.
    pub name: Bytes,
    /// The token that the namespace had when the load began.
    pub namespace_token: Token,
    /// The tags, with the tokens that they had when the load began.
    pub tags: Vec<RecordTag>,
    /// The value as the codec wrote it, never compressed.
    pub payload: Bytes,
}

/// A tag of a [`Record`].
///
/// ```
/// use cachefn_core::{RecordTag, Token};
/// let tag = RecordTag { name: "eu".into(), remove: Token([2; 16]), expire: Token([3; 16]) };
/// assert_ne!(tag.remove, tag.expire);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordTag {
    /// Its name.
    pub name: Box<str>,
    /// When it is not the stored one any more, the record is dead.
    pub remove: Token,
    /// When it is not the stored one any more, the record is stale.
    pub expire: Token,
}

/// Says how long the payload is, but not what it is: that is the user's value.
impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Record")
            .field("codec", &self.codec)
            .field("schema", &self.schema)
            .field("created", &self.created)
            .field("fresh_for", &self.fresh_for)
            .field("revalidates_for", &self.revalidates_for)
            .field("bridges_for", &self.bridges_for)
            .field("idle_for", &self.idle_for)
            .field("name", &self.name)
            .field("namespace_token", &self.namespace_token)
            .field("tags", &self.tags)
            .field("payload", &format_args!("{} bytes", self.payload.len()))
            .finish()
    }
}
