//! What passes between a cache and its storage.

use alloc::vec::Vec;
use core::time::Duration;

use bytes::Bytes;

/// What a storage found under a name.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Found {
    /// The bytes that were kept.
    pub record: Bytes,
    /// How long the storage itself will keep them, if it has a clock of its own and knows.
    pub remaining: Option<Duration>,
    /// The tokens that are there now under the names in [`Keep::tokens`], in their order, where the
    /// storage can read them together with the record.
    pub tokens: Option<Vec<Option<Token>>>,
}

impl Found {
    /// A record, and nothing else that is known.
    ///
    /// ```
    /// let found = cachefn_core::Found::new(b"record"[..].into());
    /// assert_eq!((&found.record[..], found.remaining), (&b"record"[..], None));
    /// ```
    pub fn new(record: Bytes) -> Self {
        Found { record, remaining: None, tokens: None }
    }
}

/// On what terms a record is kept.
///
/// ```
/// assert_eq!(cachefn_core::Keep::default().life, None);
/// ```
#[derive(Debug, Clone, Copy, Default)]
#[non_exhaustive]
pub struct Keep<'a> {
    /// How long the record can be of use; none for always. A storage may forget it afterwards, and
    /// earlier when it needs the space.
    pub life: Option<Duration>,
    /// Names of the tokens that the record is checked against when it is read.
    pub tokens: &'a [&'a [u8]],
    /// The lease of the name under which the value was made, if there is one. A storage that has the
    /// leases beside its records keeps nothing when this one is not held any more, which is no error, and
    /// decides that in one step with the write. Any other storage need not look at it.
    pub lease: Option<Lease>,
    /// Whether the caller had the value and no source was asked for it, so that it is not older than its write.
    /// A storage that keeps what it cannot write yet may say by that when it is made. Any other need not look at it.
    pub is_given: bool,
}

impl<'a> Keep<'a> {
    /// For so long, and beside these tokens.
    ///
    /// ```
    /// use cachefn_core::Keep;
    /// let second = std::time::Duration::from_secs(1);
    /// assert_eq!(Keep::new(Some(second), &[]).life, Some(second));
    /// ```
    pub fn new(life: Option<Duration>, tokens: &'a [&'a [u8]]) -> Self {
        Keep { life, tokens, lease: None, is_given: false }
    }

    /// The same, for a value that was made under a lease.
    ///
    /// ```
    /// use cachefn_core::{Keep, Lease, Token};
    /// let lease = Lease { token: Token([7; 16]), place: 1 };
    /// assert_eq!(Keep::default().under(lease).lease, Some(lease));
    /// ```
    #[must_use]
    pub fn under(mut self, lease: Lease) -> Self {
        self.lease = Some(lease);
        self
    }

    /// The same, for a value that its caller had.
    ///
    /// ```
    /// use cachefn_core::Keep;
    /// assert!(Keep::default().given().is_given && !Keep::default().is_given);
    /// ```
    #[must_use]
    pub fn given(mut self) -> Self {
        self.is_given = true;
        self
    }
}

/// What shows that a value may be stored: see [`Leases`](crate::Leases).
///
/// ```
/// use cachefn_core::{Lease, Token};
/// assert_ne!(Lease { token: Token([7; 16]), place: 1 }, Lease { token: Token([7; 16]), place: 2 });
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease {
    /// By which the name is lent.
    pub token: Token,
    /// Where the leases lie, as [`Leases::place`](crate::Leases::place) says: a storage that lies elsewhere
    /// cannot check them.
    pub place: u64,
}

/// One of many records to keep.
#[derive(Debug, Clone)]
pub struct Put<'a> {
    /// Its name.
    pub name: &'a [u8],
    /// Its bytes.
    pub record: Bytes,
    /// On what terms.
    pub keep: Keep<'a>,
}

/// What a tag or a namespace is compared by: 128 random bits, never ordered and never used again.
///
/// ```
/// use cachefn_core::Token;
/// assert_eq!(Token::read(&[7; 16]), Some(Token([7; 16])));
/// assert_eq!(Token::read(b"something else"), None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Token(pub [u8; 16]);

impl Token {
    /// The token that these bytes are, if they are one.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Token)
    }
}

/// One step of a walk over names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Page {
    /// Names found in this step, perhaps none.
    pub names: Vec<Bytes>,
    /// Where the walk goes on; `None` at its end.
    pub next: Option<Bytes>,
}

impl Page {
    /// These names, and where to go on.
    ///
    /// ```
    /// let page = cachefn_core::Page::new(vec![], None);
    /// assert_eq!(page, cachefn_core::Page::default());
    /// ```
    pub fn new(names: Vec<Bytes>, next: Option<Bytes>) -> Self {
        Page { names, next }
    }
}

/// What a storage can do.
///
/// ```
/// use cachefn_core::Capabilities;
/// let capabilities = Capabilities::default().immediate();
/// assert!(capabilities.is_immediate && !capabilities.scans);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Capabilities {
    /// Its futures are ready when they are first polled, so that synchronous functions can use it.
    pub is_immediate: bool,
    /// It can list its names.
    pub scans: bool,
    /// What it keeps survives the end of the process.
    pub survives: bool,
    /// [`set_telling`](crate::Storage::set_telling) tells tokens, in the one step in which it writes.
    pub tells_tokens: bool,
    /// A write that has returned may wait still, so that messages about it may not go past it: a bus beside it
    /// [follows](crate::Bus::follows).
    pub defers: bool,
    /// The longest name in bytes; longer ones are replaced by a hash, and the record tells the name.
    pub max_name: usize,
    /// The largest record in bytes; larger ones are not kept.
    pub max_record: usize,
}

impl Default for Capabilities {
    fn default() -> Self {
        Capabilities {
            is_immediate: false,
            scans: false,
            survives: false,
            tells_tokens: false,
            defers: false,
            max_name: usize::MAX,
            max_record: usize::MAX,
        }
    }
}

impl Capabilities {
    /// Its futures never pend.
    #[must_use]
    pub fn immediate(mut self) -> Self {
        self.is_immediate = true;
        self
    }

    /// It can list its names.
    #[must_use]
    pub fn scanning(mut self) -> Self {
        self.scans = true;
        self
    }

    /// It outlives the process.
    #[must_use]
    pub fn surviving(mut self) -> Self {
        self.survives = true;
        self
    }

    /// It tells the tokens when it writes a record.
    #[must_use]
    pub fn telling_tokens(mut self) -> Self {
        self.tells_tokens = true;
        self
    }

    /// Writes that have returned may wait still.
    #[must_use]
    pub fn deferring(mut self) -> Self {
        self.defers = true;
        self
    }

    /// Names have so many bytes at most.
    #[must_use]
    pub fn max_name(mut self, bytes: usize) -> Self {
        self.max_name = bytes;
        self
    }

    /// Records have so many bytes at most.
    #[must_use]
    pub fn max_record(mut self, bytes: usize) -> Self {
        self.max_record = bytes;
        self
    }
}
