//! The least of storages: three methods.

use std::collections::HashMap;
use std::sync::Mutex;

use bytes::Bytes;
use cachefn_core::{Error, Found, Keep, Storage};

#[derive(Default)]
pub(crate) struct Least(Mutex<HashMap<Vec<u8>, Bytes>>);

impl Storage for Least {
    async fn get(&self, name: &[u8]) -> Result<Option<Found>, Error> {
        Ok(self.0.lock().unwrap().get(name).cloned().map(Found::new))
    }

    async fn set(&self, name: &[u8], record: Bytes, _: Keep<'_>) -> Result<(), Error> {
        self.0.lock().unwrap().insert(name.to_vec(), record);
        Ok(())
    }

    async fn delete(&self, name: &[u8]) -> Result<bool, Error> {
        Ok(self.0.lock().unwrap().remove(name).is_some())
    }
}
