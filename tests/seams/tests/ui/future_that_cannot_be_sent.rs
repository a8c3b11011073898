use std::rc::Rc;

use bytes::Bytes;
use cachefn_core::{Error, Found, Keep, Storage};

struct Holding;

impl Storage for Holding {
    async fn get(&self, _: &[u8]) -> Result<Option<Found>, Error> {
        let held = Rc::new(7);
        std::future::ready(()).await;
        drop(held);
        Ok(None)
    }
    async fn set(&self, _: &[u8], _: Bytes, _: Keep<'_>) -> Result<(), Error> {
        Ok(())
    }
    async fn delete(&self, _: &[u8]) -> Result<bool, Error> {
        Ok(false)
    }
}

fn main() {}
