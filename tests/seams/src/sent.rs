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

/// A cache over any storage, with fetchers that borrow.
#[cfg(feature = "std")]
pub fn each_method_of_a_cache<S: Storage>(storage: S, borrowed: &str) {
    use alloc::string::{String, ToString};
    use cachefn_core::{Cache, EntryOptions, Glob, Mode, Postcard};

    let builder = Cache::<String, String>::builder("seams").storage(storage).codec(Postcard);
    let Ok(cache) = builder.build() else { return };
    let Ok(all) = Glob::new("*") else { return };
    let fetcher = || async { borrowed.to_string() };
    is_send(&cache);
    is_sync(&cache);
    is_send(&cache.get("key"));
    is_send(&cache.set("key".into(), "value".into()));
    is_send(&cache.set_with("key".into(), "value".into(), EntryOptions::new().tag("tag")));
    is_send(&cache.get_or_fetch("key", fetcher));
    is_send(&cache.get_or_fetch("key", || async { Err::<String, _>(borrowed) }));
    is_send(&cache.get_many(["key"]));
    is_send(&cache.set_many([("key".to_string(), "value".to_string())]));
    is_send(&cache.delete("key"));
    is_send(&cache.delete_many(["key"]));
    is_send(&cache.contains("key"));
    is_send(&cache.peek("key"));
    is_send(&cache.expire("key"));
    is_send(&cache.invalidate_by_tag("tag"));
    is_send(&cache.invalidate_by_tags_with(["tag"], Mode::Expire));
    is_send(&cache.invalidate_by_pattern(&[all]));
    is_send(&cache.clear());
    is_send(&cache.purge());
    is_send(&cache.flush());
    is_send(&cache.close());
    is_send(&crate::cached::through_a_cache(crate::Least));
}
