//! Generic code over a storage, with its type and without, as a cache is: the same on every target.

use alloc::boxed::Box;
use alloc::vec;

use bytes::Bytes;
use cachefn_core::{AnyStorage, BoxFuture, Error, Keep, Put, Runtime, Storage, Token};

/// Every method once, borrowing what can be borrowed.
///
/// # Errors
/// Those of the storage.
pub async fn through_every_method<S: Storage>(storage: &S) -> Result<(), Error> {
    let (name, names): (&[u8], &[&[u8]]) = (b"name", &[b"name", b"other"]);
    let (record, keep) = (Bytes::from_static(b"record"), Keep::new(None, names));
    let tokens: &[(&[u8], Token)] = &[(name, Token([7; 16]))];
    if storage.capabilities().scans {
        let page = storage.scan(b"", b"", 10).await?;
        storage.scan(b"", page.next.as_deref().unwrap_or_default(), 10).await?;
    }
    storage.get(name).await?;
    storage.set(name, record.clone(), keep).await?;
    storage.get_many(names).await?;
    storage.set_many(vec![Put { name, record, keep }]).await?;
    storage.delete_if(name, b"record").await?;
    storage.delete(name).await?;
    storage.delete_many(names).await?;
    storage.create_tokens(tokens).await?;
    storage.replace_tokens(tokens).await?;
    storage.tokens(names).await?;
    storage.flush().await?;
    storage.purge().await?;
    storage.close().await
}

/// The future can be put in a box of the kind that an executor takes, with and without the type.
pub fn boxed<S: Storage>(storage: S) -> [BoxFuture<'static, Result<(), Error>>; 2] {
    let any = AnyStorage::new(crate::Least);
    [
        Box::pin(async move { through_every_method(&storage).await }),
        Box::pin(async move { through_every_method(&any).await }),
    ]
}

/// And be run beside its caller.
pub fn spawned<S: Storage>(runtime: &dyn Runtime, storage: S) {
    for future in boxed(storage) {
        runtime.spawn(Box::pin(async { drop(future.await) }));
    }
}
