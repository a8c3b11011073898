//! Tokens: what an entry in a storage is valid by, besides its time.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::names::draw;
use super::place::StorageTier;
use super::start::Start;
use crate::error::Error;
use crate::options::Mode;
use crate::record::RecordTag;
use crate::storage::{Storage, Token};

impl<K, V: 'static> StorageTier<K, V> {
    /// What protects a value that begins to be made now: tokens that are remembered where a write tells
    /// whether they are still there, and otherwise those that the storage has.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub(crate) async fn begin(&self, tags: &[Box<str>]) -> Result<Start, Error> {
        match self.remembered.start(tags).filter(|_| self.capabilities.tells_tokens) {
            Some(start) => Ok(start),
            None => self.start(tags).await,
        }
    }

    /// Others have replaced tokens.
    pub(crate) fn forget_tokens(&self) {
        self.remembered.forget();
    }

    /// Reads the tokens of the namespace and of these tags, and makes those that are not there.
    ///
    /// # Errors
    /// When the storage could not be asked: then nothing may be written that began now.
    pub(crate) async fn start(&self, tags: &[Box<str>]) -> Result<Start, Error> {
        let names = self.names_of(tags.iter().map(|tag| &**tag));
        let wanted: Vec<(&[u8], Token)> =
            names.iter().map(|name| (&**name, self.new_token())).collect();
        let mut there = self.storage.create_tokens(&wanted).await?.into_iter();
        let Some(namespace) = there.next() else { return Err(too_few()) };
        let tags = tags.iter().map(|tag| {
            let (remove, expire) = there.next().zip(there.next()).ok_or_else(too_few)?;
            Ok(RecordTag { name: tag.clone(), remove, expire })
        });
        let tags = tags.collect::<Result<_, Error>>()?;
        let start = Start { namespace, tags, is_guess: false };
        if self.capabilities.tells_tokens {
            self.remembered.see(&start);
        }
        Ok(start)
    }

    /// Protects a value by tags that it was given late, from now on.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub(crate) async fn protect(&self, start: &mut Start, tags: &[Box<str>]) -> Result<(), Error> {
        let late = start.unprotected(tags);
        if !late.is_empty() {
            start.tags.extend(self.start(&late).await?.tags);
        }
        Ok(())
    }

    /// Makes every record with one of these tags invalid, or stale.
    ///
    /// # Errors
    /// When the storage did not take it; some may be invalid then.
    pub(crate) async fn replace_tags(&self, tags: &[&str], mode: Mode) -> Result<(), Error> {
        let name = |tag: &&str| match mode {
            Mode::Remove => self.space.remove_token(tag),
            Mode::Expire => self.space.expire_token(tag),
        };
        self.replace(tags.iter().map(name).collect()).await
    }

    /// Makes every record of the namespace invalid.
    ///
    /// # Errors
    /// When the storage did not take it.
    pub(crate) async fn replace_namespace(&self) -> Result<(), Error> {
        self.replace(alloc::vec![self.space.namespace_token().to_vec()]).await
    }

    /// Names of all tokens that a record with these tags depends on, in the order of [`Start`].
    pub(super) fn token_names(&self, tags: &[RecordTag]) -> Vec<Vec<u8>> {
        self.names_of(tags.iter().map(|tag| &*tag.name))
    }

    fn names_of<'t>(&self, tags: impl ExactSizeIterator<Item = &'t str>) -> Vec<Vec<u8>> {
        let mut names = Vec::with_capacity(1 + 2 * tags.len());
        names.push(self.space.namespace_token().to_vec());
        for tag in tags {
            names.extend([self.space.remove_token(tag), self.space.expire_token(tag)]);
        }
        names
    }

    /// A token that nobody has drawn before.
    pub(crate) fn new_token(&self) -> Token {
        Token(draw(self.salt).to_le_bytes())
    }

    async fn replace(&self, names: Vec<Vec<u8>>) -> Result<(), Error> {
        let tokens: Vec<(&[u8], Token)> =
            names.iter().map(|name| (&**name, self.new_token())).collect();
        self.forget_tokens();
        let replaced = self.storage.replace_tokens(&tokens).await;
        self.forget_tokens();
        replaced
    }
}

fn too_few() -> Error {
    Error::unavailable("create_tokens", "the storage returned fewer tokens than it was given")
}
