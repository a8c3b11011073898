//! How caches that share a storage tell each other what is not valid any more.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use crate::error::Error;
use crate::maybe_send::{BoxFuture, MaybeSend, MaybeSync};
use crate::options::Mode;

/// Carries invalidations, never values, between the caches of one storage. Delivery may fail and may
/// repeat, and messages may overtake each other: each only says what is not valid any more, so one too many
/// costs a miss.
///
/// What must not happen is that messages are lost in silence. A bus that may have missed some says so, with
/// [`Notice::Lost`], and when they come again, with [`Notice::Restored`]. One call in the crate
/// `cachefn-conformance`, `check_bus`, tests all of this.
///
/// ```
/// use cachefn_core::{BoxFuture, Bus, Cache, Error, Hear, Hearing, Message, Notice};
/// use std::sync::{Arc, Mutex};
///
/// /// All caches of this program, which never lose each other.
/// #[derive(Default)]
/// struct Here(Mutex<Vec<Hear>>);
/// impl Bus for Here {
///     fn publish<'a>(&'a self, message: &'a Message) -> BoxFuture<'a, Result<(), Error>> {
///         let all = self.0.lock().unwrap().clone(); // nothing is locked while they hear
///         all.iter().for_each(|hear| hear(Notice::Message(message.clone())));
///         Box::pin(async { Ok(()) })
///     }
///     fn subscribe(&self, hear: Hear) -> Hearing {
///         self.0.lock().unwrap().push(hear); // for ever, to be short
///         Box::new(())
///     }
/// }
///
/// # pollster::block_on(async {
/// let bus = Arc::new(Here::default());
/// let open = || Cache::<String, u32>::builder("numbers").bus(bus.clone()).build();
/// let (one, other) = (open()?, open()?);
/// other.set("a".into(), 1).await?;
/// one.delete("a").await?;
/// assert_eq!(other.get("a").await?, None);
/// # Ok::<(), Error>(()) }).unwrap();
/// ```
pub trait Bus: MaybeSend + MaybeSync + 'static {
    /// Tells the others. The sender may hear its own message. May be dropped before its end: the
    /// message is published again then.
    ///
    /// # Errors
    /// Of kind `unavailable` when nobody could be told: the cache tries again later.
    fn publish<'a>(&'a self, message: &'a Message) -> BoxFuture<'a, Result<(), Error>>;

    /// Hands every notice to `hear`, from wherever it arrives, until the handle is dropped. That may happen
    /// within `hear`; a bus holds no lock of its own while it calls. So several threads may hand over messages
    /// at once, each of which only removes something; but [`Notice::Lost`] and [`Notice::Restored`] come in
    /// their order, one after the other.
    ///
    /// A subscription begins in order; one that has to connect first says [`Notice::Lost`] at once.
    fn subscribe(&self, hear: Hear) -> Hearing;

    /// Whether its messages follow writes that wait: needed beside a storage that
    /// [lets them wait](crate::Capabilities::defers). The default does not.
    fn follows(&self) -> bool {
        false
    }
}

impl<B: Bus + ?Sized> Bus for Arc<B> {
    fn publish<'a>(&'a self, message: &'a Message) -> BoxFuture<'a, Result<(), Error>> {
        (**self).publish(message)
    }
    fn subscribe(&self, hear: Hear) -> Hearing {
        (**self).subscribe(hear)
    }
    fn follows(&self) -> bool {
        (**self).follows()
    }
}

/// What a bus calls for each notice; it takes no time and does not fail.
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
pub type Hear = Arc<dyn Fn(Notice) + Send + Sync>;
/// What a bus calls for each notice; it takes no time and does not fail.
#[cfg(all(target_family = "wasm", target_os = "unknown"))]
pub type Hear = Arc<dyn Fn(Notice)>;

/// Ends a subscription when it is dropped.
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
pub type Hearing = Box<dyn core::any::Any + Send + Sync>;
/// Ends a subscription when it is dropped.
#[cfg(all(target_family = "wasm", target_os = "unknown"))]
pub type Hearing = Box<dyn core::any::Any>;

/// One invalidation.
///
/// ```
/// use cachefn_core::{Invalidation, Message, Mode};
/// let gone = Invalidation::Tags(vec!["team:red".into()], Mode::Remove);
/// let message = Message::new("shop/users", 7, gone);
/// assert_eq!((message.namespace.as_str(), message.origin), ("shop/users", 7));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Message {
    /// Whose entries are meant: the name of a cache.
    pub namespace: String,
    /// Who says so: a random number of each cache.
    pub origin: u128,
    /// What is not valid any more.
    pub what: Invalidation,
}

/// What is not valid any more.
///
/// ```
/// use cachefn_core::Invalidation;
/// assert_ne!(Invalidation::Keys(vec!["a".into()]), Invalidation::Everything);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Invalidation {
    /// Entries under these texts of keys.
    Keys(Vec<String>),
    /// Entries with one of these tags, in all caches whose names are the same up to a `/`: they share
    /// their tags.
    Tags(Vec<String>, Mode),
    /// Entries whose texts of keys match one of these globs.
    Patterns(Vec<String>, Mode),
    /// All of this name, and of those that begin with it and a `/`.
    Everything,
}

/// What a subscriber hears.
///
/// ```
/// use cachefn_core::Notice;
/// let hear = |notice: Notice| matches!(notice, Notice::Lost);
/// assert!(hear(Notice::Lost) && !hear(Notice::Restored));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Notice {
    /// Somebody's invalidation.
    Message(Message),
    /// From now on messages may be missed.
    Lost,
    /// Messages come again; those between may have been missed.
    Restored,
}

impl Message {
    /// A message of the cache `origin` about the entries of `namespace`.
    ///
    /// ```
    /// use cachefn_core::{Invalidation, Message};
    /// let message = Message::new("users", 7, Invalidation::Everything);
    /// assert_eq!(message.what, Invalidation::Everything);
    /// ```
    pub fn new(namespace: impl Into<String>, origin: u128, what: Invalidation) -> Self {
        Message { namespace: namespace.into(), origin, what }
    }
}
