//! A storage whose type is forgotten, so that what uses one is compiled once.

use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use bytes::Bytes;

use super::seam::Storage;
use super::words::{Capabilities, Found, Keep, Page, Put, Token};
use crate::error::Error;
use crate::maybe_send::{BoxFuture, MaybeSend, MaybeSync};

/// Any [`Storage`], to be cloned and shared. Each call puts its future in a box.
///
/// ```
/// use cachefn_core::{AnyStorage, Capabilities, Error, Found, Keep, Storage};
/// # struct Nothing;
/// # impl Storage for Nothing {
/// #     async fn get(&self, _: &[u8]) -> Result<Option<Found>, Error> { Ok(None) }
/// #     async fn set(&self, _: &[u8], _: bytes::Bytes, _: Keep<'_>) -> Result<(), Error> { Ok(()) }
/// #     async fn delete(&self, _: &[u8]) -> Result<bool, Error> { Ok(false) }
/// # }
/// let storages = [AnyStorage::new(Nothing), AnyStorage::new(Nothing)];
/// assert_eq!(storages[0].capabilities(), Capabilities::default());
/// ```
#[derive(Clone)]
pub struct AnyStorage(Arc<dyn Erased>);

impl AnyStorage {
    /// Forgets the type of a storage.
    pub fn new(storage: impl Storage) -> Self {
        AnyStorage(Arc::new(storage))
    }
}

impl fmt::Debug for AnyStorage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AnyStorage").field("capabilities", &self.0.capabilities()).finish()
    }
}

type Answer<'a, T> = BoxFuture<'a, Result<T, Error>>;

/// [`Storage`] with boxes: the one list of its methods beside the trait.
trait Erased: MaybeSend + MaybeSync {
    fn get<'a>(&'a self, name: &'a [u8]) -> Answer<'a, Option<Found>>;
    fn set<'a>(&'a self, name: &'a [u8], record: Bytes, keep: Keep<'a>) -> Answer<'a, ()>;
    fn delete<'a>(&'a self, name: &'a [u8]) -> Answer<'a, bool>;
    fn capabilities(&self) -> Capabilities;
    fn get_many<'a>(&'a self, names: &'a [&'a [u8]]) -> Answer<'a, Vec<Option<Found>>>;
    fn set_many<'a>(&'a self, records: Vec<Put<'a>>) -> Answer<'a, ()>;
    fn set_telling<'a>(
        &'a self,
        name: &'a [u8],
        record: Bytes,
        keep: Keep<'a>,
    ) -> Answer<'a, Option<Vec<Option<Token>>>>;
    fn delete_many<'a>(&'a self, names: &'a [&'a [u8]]) -> Answer<'a, usize>;
    fn delete_if<'a>(&'a self, name: &'a [u8], record: &'a [u8]) -> Answer<'a, bool>;
    fn tokens<'a>(&'a self, names: &'a [&'a [u8]]) -> Answer<'a, Vec<Option<Token>>>;
    fn replace_tokens<'a>(&'a self, tokens: &'a [(&'a [u8], Token)]) -> Answer<'a, ()>;
    fn create_tokens<'a>(&'a self, tokens: &'a [(&'a [u8], Token)]) -> Answer<'a, Vec<Token>>;
    fn scan<'a>(&'a self, prefix: &'a [u8], cursor: &'a [u8], limit: usize) -> Answer<'a, Page>;
    fn flush(&self) -> Answer<'_, ()>;
    fn purge(&self) -> Answer<'_, usize>;
    fn close(&self) -> Answer<'_, ()>;
}

impl<S: Storage> Erased for S {
    fn get<'a>(&'a self, name: &'a [u8]) -> Answer<'a, Option<Found>> {
        Box::pin(Storage::get(self, name))
    }
    fn set<'a>(&'a self, name: &'a [u8], record: Bytes, keep: Keep<'a>) -> Answer<'a, ()> {
        Box::pin(Storage::set(self, name, record, keep))
    }
    fn delete<'a>(&'a self, name: &'a [u8]) -> Answer<'a, bool> {
        Box::pin(Storage::delete(self, name))
    }
    fn capabilities(&self) -> Capabilities {
        Storage::capabilities(self)
    }
    fn get_many<'a>(&'a self, names: &'a [&'a [u8]]) -> Answer<'a, Vec<Option<Found>>> {
        Box::pin(Storage::get_many(self, names))
    }
    fn set_many<'a>(&'a self, records: Vec<Put<'a>>) -> Answer<'a, ()> {
        Box::pin(Storage::set_many(self, records))
    }
    fn set_telling<'a>(
        &'a self,
        name: &'a [u8],
        record: Bytes,
        keep: Keep<'a>,
    ) -> Answer<'a, Option<Vec<Option<Token>>>> {
        Box::pin(Storage::set_telling(self, name, record, keep))
    }
    fn delete_many<'a>(&'a self, names: &'a [&'a [u8]]) -> Answer<'a, usize> {
        Box::pin(Storage::delete_many(self, names))
    }
    fn delete_if<'a>(&'a self, name: &'a [u8], record: &'a [u8]) -> Answer<'a, bool> {
        Box::pin(Storage::delete_if(self, name, record))
    }
    fn tokens<'a>(&'a self, names: &'a [&'a [u8]]) -> Answer<'a, Vec<Option<Token>>> {
        Box::pin(Storage::tokens(self, names))
    }
    fn replace_tokens<'a>(&'a self, tokens: &'a [(&'a [u8], Token)]) -> Answer<'a, ()> {
        Box::pin(Storage::replace_tokens(self, tokens))
    }
    fn create_tokens<'a>(&'a self, tokens: &'a [(&'a [u8], Token)]) -> Answer<'a, Vec<Token>> {
        Box::pin(Storage::create_tokens(self, tokens))
    }
    fn scan<'a>(&'a self, prefix: &'a [u8], cursor: &'a [u8], limit: usize) -> Answer<'a, Page> {
        Box::pin(Storage::scan(self, prefix, cursor, limit))
    }
    fn flush(&self) -> Answer<'_, ()> {
        Box::pin(Storage::flush(self))
    }
    fn purge(&self) -> Answer<'_, usize> {
        Box::pin(Storage::purge(self))
    }
    fn close(&self) -> Answer<'_, ()> {
        Box::pin(Storage::close(self))
    }
}

impl Storage for AnyStorage {
    async fn get(&self, name: &[u8]) -> Result<Option<Found>, Error> {
        self.0.get(name).await
    }
    async fn set(&self, name: &[u8], record: Bytes, keep: Keep<'_>) -> Result<(), Error> {
        self.0.set(name, record, keep).await
    }
    async fn delete(&self, name: &[u8]) -> Result<bool, Error> {
        self.0.delete(name).await
    }
    fn capabilities(&self) -> Capabilities {
        self.0.capabilities()
    }
    async fn get_many(&self, names: &[&[u8]]) -> Result<Vec<Option<Found>>, Error> {
        self.0.get_many(names).await
    }
    async fn set_many(&self, records: Vec<Put<'_>>) -> Result<(), Error> {
        self.0.set_many(records).await
    }
    async fn set_telling(
        &self,
        name: &[u8],
        record: Bytes,
        keep: Keep<'_>,
    ) -> Result<Option<Vec<Option<Token>>>, Error> {
        self.0.set_telling(name, record, keep).await
    }
    async fn delete_many(&self, names: &[&[u8]]) -> Result<usize, Error> {
        self.0.delete_many(names).await
    }
    async fn delete_if(&self, name: &[u8], record: &[u8]) -> Result<bool, Error> {
        self.0.delete_if(name, record).await
    }
    async fn tokens(&self, names: &[&[u8]]) -> Result<Vec<Option<Token>>, Error> {
        self.0.tokens(names).await
    }
    async fn replace_tokens(&self, tokens: &[(&[u8], Token)]) -> Result<(), Error> {
        self.0.replace_tokens(tokens).await
    }
    async fn create_tokens(&self, tokens: &[(&[u8], Token)]) -> Result<Vec<Token>, Error> {
        self.0.create_tokens(tokens).await
    }
    async fn scan(&self, prefix: &[u8], cursor: &[u8], limit: usize) -> Result<Page, Error> {
        self.0.scan(prefix, cursor, limit).await
    }
    async fn flush(&self) -> Result<(), Error> {
        self.0.flush().await
    }
    async fn purge(&self) -> Result<usize, Error> {
        self.0.purge().await
    }
    async fn close(&self) -> Result<(), Error> {
        self.0.close().await
    }
}
