//! The cache by which values are written and removed here: caches that run elsewhere hear of it.

use cachefn_core::{AnyCodec, Cache, Error};
use cachefn_tokio::TokioRuntime;

use super::arguments::Codec;
use super::loose::Loose;
use super::place::Opened;

pub(crate) type ToolCache = Cache<String, Loose>;

/// A cache of this name over the storage. In Redis it tells others over the bus, and takes back the leases
/// of what is being made elsewhere.
///
/// # Errors
/// When the settings do not fit together.
pub(crate) fn build(opened: &Opened, namespace: &str, codec: Codec) -> Result<ToolCache, Error> {
    let codec = match codec {
        Codec::Json => AnyCodec::Json,
        Codec::MessagePack => AnyCodec::MessagePack,
    };
    let builder = ToolCache::builder(namespace).storage(opened.storage.clone()).codec(codec);
    let builder = match &opened.bus {
        Some(bus) => builder.bus(bus.clone()),
        None => builder,
    };
    match &opened.redis {
        Some(redis) => builder.leases(redis.leases()).runtime(TokioRuntime::current()?).build(),
        None => builder.build(),
    }
}
