//! The storage tier of one cache: keys and values on one side, names and records on the other.

mod counts;
mod keeping;
mod looking;
mod names;
mod order;
mod sweeping;
mod tokens;

pub(crate) use counts::Counts;
pub(crate) use looking::Look;
use names::draw;
#[cfg(any(feature = "postcard", feature = "json", feature = "messagepack"))]
pub(crate) use names::escaped;
pub(crate) use order::Order;
pub(crate) use tokens::Start;

use alloc::boxed::Box;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use crate::codec::Codec;
use crate::error::Error;
use crate::glob::Glob;
use crate::storage::{AnyStorage, Capabilities, Storage};
use crate::sync::Mutex;
use names::Space;

/// Where values of type `V` under keys of type `K` lie outside of memory.
pub(crate) struct StorageTier<K, V> {
    pub(crate) storage: AnyStorage,
    pub(crate) order: Order,
    pub(crate) counts: Counts,
    capabilities: Capabilities,
    codec: Box<dyn Codec<V>>,
    /// Found once: it may take a walk through the type.
    schema: u32,
    text: fn(&K, &mut String),
    space: Space,
    compress_above: Option<usize>,
    /// Patterns whose records are being deleted, and until when these were written.
    sweeps: Mutex<Vec<(Arc<[Glob]>, u64)>>,
}

impl<K, V: 'static> StorageTier<K, V> {
    pub(crate) fn new(
        namespace: &str,
        storage: AnyStorage,
        codec: Box<dyn Codec<V>>,
        text: fn(&K, &mut String),
        compress_above: Option<usize>,
    ) -> Self {
        let capabilities = storage.capabilities();
        StorageTier {
            order: Order::new(),
            counts: Counts::default(),
            schema: codec.schema(),
            space: Space::new(namespace, capabilities.max_name),
            storage,
            capabilities,
            codec,
            text,
            compress_above,
            sweeps: Mutex::new(Vec::new()),
        }
    }

    /// Whether its futures never wait.
    pub(crate) fn is_immediate(&self) -> bool {
        self.capabilities.is_immediate
    }

    /// The full name of a key.
    ///
    /// # Errors
    /// Of kind `key` when it is too long.
    pub(crate) fn name(&self, operation: &'static str, key: &K) -> Result<String, Error> {
        let mut text = String::new();
        (self.text)(key, &mut text);
        self.space.name(operation, &text)
    }
}
