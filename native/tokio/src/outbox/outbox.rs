//! The storage that a cache sees: one that keeps what another cannot take yet.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use cachefn_core::{BoxFuture, Bus, Capabilities, Error, Found, Keep, Page, Put, Storage, Token};

use super::following::FollowingBus;
use super::shared::Shared;
use super::told::Pending;
use crate::ends::Ends;

/// A storage that keeps what the one behind it cannot take: while that is down, writes and invalidations
/// wait, the last of each name, and go there in their order when it is well again. Clones are the same.
///
/// By default a write goes to the storage at once and waits only if that fails;
/// [`write_behind`](super::OutboxBuilder::write_behind) gathers sets in batches instead. Reads look at what waits first.
/// Removals never wait for a batch.
///
/// **What is promised.** A call does not fail because the storage is down (kinds `unavailable` and
/// `timeout`): it waits in the outbox, and is kept through the end of the process only with a log. A `delete` that waits says
/// `false` where only the storage knows. Reads of what does not wait fail as the storage does.
///
/// **When there is no room** ([`max_entries`](super::OutboxBuilder::max_entries), [`max_bytes`](super::OutboxBuilder::max_bytes)):
/// with a [`log`](super::OutboxBuilder::log), sets wait on the disk alone and are read from it, until even the few bytes that
/// each of them takes have no room. Then, and without a log, sets whose life is over go first. While the storage works, who
/// writes helps to write out what waits. While it is down, the oldest set is dropped, and a delete of its name takes its
/// place, because what was there before may not come back. Too many removals of one namespace become one new token, so that
/// nothing of it is valid any more. Removals are never dropped; those that cannot be merged fail with `unavailable`.
///
/// **Who wins.** Of one name the last write. If another process wrote the name meanwhile, the one of them that
/// reaches the storage last; with a [`bus`](Outbox::bus), what waits here under a name goes when another process tells of
/// it. Tokens of tags and namespaces never go back, whoever replaced them in whichever order.
///
/// **If the storage comes back empty**, what waits is written beside new tokens and found, unless it was invalidated
/// since, here or, as far as that was heard, elsewhere. Of several processes the first to come back makes these tokens; what
/// the others have in the same namespace is lost then, because its successor looks like an invalidation to them.
/// A `set` with a tag or namespace that nobody here has seen begins with a token of its own; if the storage turns out to have
/// another one, the set counts as made when it arrives. What a process before has left in a log does not.
///
/// ```
/// use cachefn_conformance::{Chaos, Faults, MapStorage};
/// use cachefn_core::{Keep, Storage};
/// use cachefn_tokio::{Outbox, TokioRuntime};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), cachefn_core::Error> {
/// let (map, runtime) = (MapStorage::new(), TokioRuntime::current()?);
/// let server = Chaos::new(map.clone(), 7).with(Faults::down()); // imagine one that does not answer
/// let outbox = Outbox::new(server.clone(), runtime).build().await?;
/// outbox.set(b"users:7", b"Ada"[..].into(), Keep::default()).await?;
/// assert_eq!(outbox.pending().entries, 1);
/// assert!(outbox.get(b"users:7").await?.is_some() && map.is_empty());
///
/// server.inject(Faults::none());
/// outbox.flush().await?;
/// assert_eq!((outbox.pending().entries, map.len()), (0, 1));
/// # Ok(()) }
/// ```
pub struct Outbox<S>(pub(super) Arc<Shared<S>>);

impl<S> Clone for Outbox<S> {
    fn clone(&self) -> Self {
        Outbox(Arc::clone(&self.0))
    }
}

impl<S: Storage> Outbox<S> {
    /// What waits now, and what has happened.
    pub fn pending(&self) -> Pending {
        self.0.state().pending()
    }

    /// A bus whose messages follow what waits: they are published when the storage has accepted what was
    /// written before them, and at once when nothing waits. To be given to the caches over this outbox.
    ///
    /// What others tell through it takes back sets that wait under the same names.
    ///
    /// ```
    /// use cachefn_conformance::{LocalBus, MapStorage};
    /// use cachefn_core::{Cache, Postcard};
    /// use cachefn_tokio::{Outbox, TokioRuntime};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), cachefn_core::Error> {
    /// let outbox = Outbox::new(MapStorage::new(), TokioRuntime::current()?).build().await?;
    /// let bus = outbox.bus(LocalBus::new().connect());
    /// let builder = Cache::<String, u32>::builder("numbers").storage(outbox).codec(Postcard);
    /// let cache = builder.bus(bus).build()?;
    /// cache.set("one".into(), 1).await?;
    /// assert_eq!(cache.get("one").await?, Some(1));
    /// # Ok(()) }
    /// ```
    pub fn bus(&self, bus: impl Bus) -> FollowingBus<S> {
        FollowingBus::new(&self.0, Arc::new(bus))
    }

    /// Writes out what waits, and ends: its task is gone, and later calls fail. The storage stays open.
    ///
    /// While the storage fails it is tried again until the deadline, because it may be coming back. With a log it
    /// is tried once: what waits is there at the next start. What could not be written is told as an error.
    ///
    /// ```
    /// use cachefn_conformance::MapStorage;
    /// use cachefn_tokio::{Outbox, TokioRuntime};
    /// use std::time::Duration;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), cachefn_core::Error> {
    /// let outbox = Outbox::new(MapStorage::new(), TokioRuntime::current()?).build().await?;
    /// assert_eq!(outbox.shutdown(Duration::from_secs(5)).await, []);
    /// # Ok(()) }
    /// ```
    pub async fn shutdown(&self, deadline: Duration) -> Vec<Error> {
        self.0.end(deadline).await
    }
}

/// Drained it writes out what waits, where no log keeps it; ended it is [shut down](Outbox::shutdown), and says what
/// is left.
impl<S: Storage> Ends for Outbox<S> {
    fn name(&self) -> &str {
        &self.0.name
    }

    /// Whether anything waits, or a call is under way that may leave something.
    fn needs_time(&self) -> bool {
        !self.0.state().is_quiet()
    }

    fn drain<'a>(&'a self, deadline: Duration) -> BoxFuture<'a, Vec<Error>> {
        Box::pin(async move {
            self.0.drain_within(deadline).await;
            Vec::new()
        })
    }

    fn end<'a>(&'a self, deadline: Duration) -> BoxFuture<'a, Vec<Error>> {
        Box::pin(self.0.end(deadline))
    }
}

impl<S> fmt::Debug for Outbox<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<S: Storage> Storage for Outbox<S> {
    async fn get(&self, name: &[u8]) -> Result<Option<Found>, Error> {
        self.0.must_be_open("get")?;
        self.0.get(name).await
    }

    async fn set(&self, name: &[u8], record: Bytes, keep: Keep<'_>) -> Result<(), Error> {
        self.0.set(name, record, keep).await.map(drop)
    }

    async fn delete(&self, name: &[u8]) -> Result<bool, Error> {
        self.0.delete(name).await
    }

    /// Those of the storage, but calls may wait.
    fn capabilities(&self) -> Capabilities {
        let mut capabilities = self.0.storage.capabilities();
        capabilities.is_immediate = false;
        capabilities.deferring()
    }

    async fn get_many(&self, names: &[&[u8]]) -> Result<Vec<Option<Found>>, Error> {
        self.0.must_be_open("get_many")?;
        self.0.get_many(names).await
    }

    async fn set_many(&self, records: Vec<Put<'_>>) -> Result<(), Error> {
        self.0.set_many(records).await
    }

    /// What waits is written with the tokens that are known: if others have replaced them meanwhile, it is
    /// dead when it arrives, which costs a miss. Those that the storage has lost get successors.
    async fn set_telling(
        &self,
        name: &[u8],
        record: Bytes,
        keep: Keep<'_>,
    ) -> Result<Option<Vec<Option<Token>>>, Error> {
        self.0.set(name, record, keep).await
    }

    async fn delete_many(&self, names: &[&[u8]]) -> Result<usize, Error> {
        self.0.delete_many(names).await
    }

    async fn delete_if(&self, name: &[u8], record: &[u8]) -> Result<bool, Error> {
        self.0.must_be_open("delete_if")?;
        self.0.delete_if(name, record).await
    }

    async fn tokens(&self, names: &[&[u8]]) -> Result<Vec<Option<Token>>, Error> {
        self.0.must_be_open("tokens")?;
        self.0.tokens(names).await
    }

    async fn replace_tokens(&self, tokens: &[(&[u8], Token)]) -> Result<(), Error> {
        self.0.replace_tokens(tokens).await
    }

    async fn create_tokens(&self, tokens: &[(&[u8], Token)]) -> Result<Vec<Token>, Error> {
        self.0.create_tokens(tokens).await
    }

    async fn scan(&self, prefix: &[u8], cursor: &[u8], limit: usize) -> Result<Page, Error> {
        self.0.must_be_open("scan")?;
        self.0.scan(prefix, cursor, limit).await
    }

    async fn flush(&self) -> Result<(), Error> {
        self.0.flush().await
    }

    async fn purge(&self) -> Result<usize, Error> {
        self.0.must_be_open("purge")?;
        self.0.storage.purge().await
    }

    async fn close(&self) -> Result<(), Error> {
        self.0.close().await
    }
}
