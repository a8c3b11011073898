//! The seam to whatever keeps records outside the process.

use alloc::vec::Vec;
use core::future::Future;

use bytes::Bytes;

use super::words::{Capabilities, Found, Keep, Page, Put, Token};
use crate::error::Error;
use crate::maybe_send::{MaybeSend, MaybeSync};

/// Keeps records, which are opaque bytes, under names, which are bytes too.
///
/// Three methods make a storage; the others have defaults over these, to be replaced where a storage
/// can do better. Everything about freshness, tags, fencing, codecs and retries is the cache's: a
/// storage forgets, but never judges. The crate `cachefn-conformance` tests one in a call.
///
/// A write that has returned is seen by every later read. A failed one may have happened or not.
///
/// ```
/// use bytes::Bytes;
/// use cachefn_core::{Error, Found, Keep, Storage};
/// use std::{collections::HashMap, sync::Mutex};
///
/// #[derive(Default)]
/// struct Map(Mutex<HashMap<Vec<u8>, Bytes>>);
///
/// impl Storage for Map {
///     async fn get(&self, name: &[u8]) -> Result<Option<Found>, Error> {
///         Ok(self.0.lock().unwrap().get(name).cloned().map(Found::new))
///     }
///     async fn set(&self, name: &[u8], record: Bytes, _: Keep<'_>) -> Result<(), Error> {
///         self.0.lock().unwrap().insert(name.to_vec(), record);
///         Ok(())
///     }
///     async fn delete(&self, name: &[u8]) -> Result<bool, Error> {
///         Ok(self.0.lock().unwrap().remove(name).is_some())
///     }
/// }
/// ```
pub trait Storage: MaybeSend + MaybeSync + 'static {
    /// The record under a name, if there is one.
    ///
    /// # Errors
    /// When the storage could not be asked; a record that is damaged may be returned as it is.
    fn get(&self, name: &[u8]) -> impl Future<Output = Result<Option<Found>, Error>> + MaybeSend;

    /// Keeps a record under a name, instead of the one that was there.
    ///
    /// # Errors
    /// When it is not kept, or that is not known.
    fn set(
        &self,
        name: &[u8],
        record: Bytes,
        keep: Keep<'_>,
    ) -> impl Future<Output = Result<(), Error>> + MaybeSend;

    /// Forgets a name; whether there was a record.
    ///
    /// # Errors
    /// When it is not forgotten, or that is not known.
    fn delete(&self, name: &[u8]) -> impl Future<Output = Result<bool, Error>> + MaybeSend;

    /// What the storage can do besides.
    fn capabilities(&self) -> Capabilities {
        Capabilities::default()
    }

    /// The records under many names, in their order.
    ///
    /// # Errors
    /// As [`get`](Storage::get); one failure fails all.
    fn get_many(
        &self,
        names: &[&[u8]],
    ) -> impl Future<Output = Result<Vec<Option<Found>>, Error>> + MaybeSend {
        async move {
            let mut found = Vec::with_capacity(names.len());
            for name in names {
                found.push(self.get(name).await?);
            }
            Ok(found)
        }
    }

    /// Keeps many records. All are tried.
    ///
    /// # Errors
    /// The first of those of [`set`](Storage::set).
    fn set_many(
        &self,
        records: Vec<Put<'_>>,
    ) -> impl Future<Output = Result<(), Error>> + MaybeSend {
        async move {
            let mut result = Ok(());
            for Put { name, record, keep } in records {
                result = result.and(self.set(name, record, keep).await);
            }
            result
        }
    }

    /// As [`set`](Storage::set), and tells the tokens that are there afterwards under the names in
    /// [`Keep::tokens`], in their order. Where they come with the same answer
    /// ([`Capabilities::tells_tokens`]), a cache writes with the tokens that it remembers and need not
    /// ask for them before: a write is one round trip. The default tells nothing.
    ///
    /// # Errors
    /// As [`set`](Storage::set).
    fn set_telling(
        &self,
        name: &[u8],
        record: Bytes,
        keep: Keep<'_>,
    ) -> impl Future<Output = Result<Option<Vec<Option<Token>>>, Error>> + MaybeSend {
        async move { self.set(name, record, keep).await.map(|()| None) }
    }

    /// Forgets many names; how many had a record. All are tried.
    ///
    /// # Errors
    /// The first of those of [`delete`](Storage::delete).
    fn delete_many(
        &self,
        names: &[&[u8]],
    ) -> impl Future<Output = Result<usize, Error>> + MaybeSend {
        async move {
            let mut result = Ok(0);
            for name in names {
                let deleted = self.delete(name).await;
                result = result.and_then(|sum| deleted.map(|deleted| sum + usize::from(deleted)));
            }
            result
        }
    }

    /// Forgets a name if exactly this record is under it; whether it was. The default looks first and
    /// deletes then, so that a record written between the two is lost: a miss, never a wrong value.
    ///
    /// # Errors
    /// As [`get`](Storage::get) and [`delete`](Storage::delete).
    fn delete_if(
        &self,
        name: &[u8],
        record: &[u8],
    ) -> impl Future<Output = Result<bool, Error>> + MaybeSend {
        async move {
            match self.get(name).await? {
                Some(found) if found.record == record => self.delete(name).await,
                _ => Ok(false),
            }
        }
    }

    /// The tokens under these names, in their order.
    ///
    /// # Errors
    /// As [`get`](Storage::get).
    fn tokens(
        &self,
        names: &[&[u8]],
    ) -> impl Future<Output = Result<Vec<Option<Token>>, Error>> + MaybeSend {
        async move {
            let found = self.get_many(names).await?;
            Ok(found.into_iter().map(|found| Token::read(&found?.record)).collect())
        }
    }

    /// Keeps tokens for ever, instead of those that were there. Done only when every copy is replaced.
    ///
    /// # Errors
    /// As [`set`](Storage::set).
    fn replace_tokens(
        &self,
        tokens: &[(&[u8], Token)],
    ) -> impl Future<Output = Result<(), Error>> + MaybeSend {
        async move {
            let put = |&(name, token): &(_, Token)| {
                let record = Bytes::copy_from_slice(&token.0);
                Put { name, record, keep: Keep::default() }
            };
            self.set_many(tokens.iter().map(put).collect()).await
        }
    }

    /// Keeps each token if none is under its name; the tokens that are there then, in their order. No
    /// name comes twice. The default is not atomic: of two that create the same token one may be lost, which costs misses.
    ///
    /// # Errors
    /// As [`get`](Storage::get) and [`set`](Storage::set).
    fn create_tokens(
        &self,
        tokens: &[(&[u8], Token)],
    ) -> impl Future<Output = Result<Vec<Token>, Error>> + MaybeSend {
        async move {
            let names: Vec<&[u8]> = tokens.iter().map(|(name, _)| *name).collect();
            let there = self.tokens(&names).await?;
            let pairs = || tokens.iter().zip(&there);
            let absent: Vec<(&[u8], Token)> =
                pairs().filter(|(_, there)| there.is_none()).map(|(own, _)| *own).collect();
            if !absent.is_empty() {
                self.replace_tokens(&absent).await?;
            }
            Ok(pairs().map(|((_, own), there)| there.unwrap_or(*own)).collect())
        }
    }

    /// Some of the names that begin with `prefix`, each at least once over a whole walk; names written
    /// or deleted meanwhile may come or not. A walk begins with an empty cursor and goes on with
    /// [`Page::next`] until that is `None`.
    ///
    /// # Errors
    /// Of kind `unsupported` where names cannot be listed, as in the default.
    fn scan(
        &self,
        prefix: &[u8],
        cursor: &[u8],
        limit: usize,
    ) -> impl Future<Output = Result<Page, Error>> + MaybeSend {
        let _ = (prefix, cursor, limit);
        async { Err(Error::unsupported("scan", "this storage cannot list its names")) }
    }

    /// Makes sure that what was written survives the end of the process.
    ///
    /// # Errors
    /// When that cannot be promised.
    fn flush(&self) -> impl Future<Output = Result<(), Error>> + MaybeSend {
        async { Ok(()) }
    }

    /// Gives up space that the dead take; how many records went. Bounded, so it may be called again
    /// until it says 0.
    ///
    /// # Errors
    /// When the storage could not be asked.
    fn purge(&self) -> impl Future<Output = Result<usize, Error>> + MaybeSend {
        async { Ok(0) }
    }

    /// [`flush`](Storage::flush), and lets go of files and connections. Where there were any, and in all
    /// storages that [survive](Capabilities::survives), later calls fail.
    ///
    /// # Errors
    /// As `flush`.
    fn close(&self) -> impl Future<Output = Result<(), Error>> + MaybeSend {
        self.flush()
    }
}
