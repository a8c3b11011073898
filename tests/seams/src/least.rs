//! The least of storages, without `std`: it forgets everything.

use bytes::Bytes;
use cachefn_core::{Error, Found, Keep, Storage};

/// Three methods.
pub struct Least;

impl Storage for Least {
    async fn get(&self, _: &[u8]) -> Result<Option<Found>, Error> {
        Ok(None)
    }
    async fn set(&self, _: &[u8], _: Bytes, _: Keep<'_>) -> Result<(), Error> {
        Ok(())
    }
    async fn delete(&self, _: &[u8]) -> Result<bool, Error> {
        Ok(false)
    }
}
