//! Where there may be threads, every future over a storage can be sent to another one.

use bytes::Bytes;
use cachefn_core::{AnyStorage, Bus, Codec, Keep, Message, Runtime, Storage, Token};

use crate::everywhere::through_every_method;

const fn is_send<T: Send + ?Sized>(_: &T) {}
const fn is_sync<T: Sync + ?Sized>(_: &T) {}

/// Without a bound of its own: `S: Storage` is enough.
pub fn each_method_of<S: Storage>(storage: &S, names: &[&[u8]], tokens: &[(&[u8], Token)]) {
    is_send(storage);
    is_sync(storage);
    is_send(&storage.get(b""));
    is_send(&storage.set(b"", Bytes::new(), Keep::new(None, names)));
    is_send(&storage.delete(b""));
    is_send(&storage.get_many(names));
    is_send(&storage.set_many(alloc::vec![]));
    is_send(&storage.delete_many(names));
    is_send(&storage.delete_if(b"", b""));
    is_send(&storage.tokens(names));
    is_send(&storage.replace_tokens(tokens));
    is_send(&storage.create_tokens(tokens));
    is_send(&storage.scan(b"", b"", 1));
    is_send(&storage.flush());
    is_send(&storage.purge());
    is_send(&storage.close());
    is_send(&through_every_method(storage));
}

/// A storage without its type is no worse.
pub fn each_method_of_any(storage: &AnyStorage, names: &[&[u8]], tokens: &[(&[u8], Token)]) {
    each_method_of(storage, names, tokens);
    is_send(&storage.clone());
}

/// The other seams.
pub fn the_other_seams<V>(
    codec: &dyn Codec<V>,
    runtime: &dyn Runtime,
    bus: &dyn Bus,
    message: &Message,
) {
    is_send(codec);
    is_sync(codec);
    is_send(runtime);
    is_sync(runtime);
    is_send(bus);
    is_sync(bus);
    is_send(&runtime.sleep(core::time::Duration::ZERO));
    is_send(&bus.publish(message));
}
