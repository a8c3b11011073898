use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use bytes::Bytes;
use cachefn_core::{Error, Found, Keep, Storage};

struct OneThread(Rc<RefCell<HashMap<Vec<u8>, Bytes>>>);

impl Storage for OneThread {
    async fn get(&self, name: &[u8]) -> Result<Option<Found>, Error> {
        Ok(self.0.borrow().get(name).cloned().map(Found::new))
    }
    async fn set(&self, name: &[u8], record: Bytes, _: Keep<'_>) -> Result<(), Error> {
        self.0.borrow_mut().insert(name.to_vec(), record);
        Ok(())
    }
    async fn delete(&self, name: &[u8]) -> Result<bool, Error> {
        Ok(self.0.borrow_mut().remove(name).is_some())
    }
}

fn main() {}
