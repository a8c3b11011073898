//! The storage of one cache, with all that its keys and values need there.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use super::counts::Counts;
use super::names::Space;
use super::order::Order;
use super::remembered::Remembered;
use super::sweeps::Sweeps;
use crate::codec::Codec;
use crate::error::Error;
use crate::storage::{AnyStorage, Capabilities, Storage};

/// Where values of type `V` under keys of type `K` lie outside of memory.
pub(crate) struct StorageTier<K, V> {
    pub(crate) storage: AnyStorage,
    pub(crate) order: Order,
    pub(crate) counts: Counts,
    pub(super) capabilities: Capabilities,
    pub(super) codec: Box<dyn Codec<V>>,
    /// Found once: it may take a walk through the type.
    pub(super) schema: u32,
    text: fn(&K, &mut String),
    pub(super) space: Space,
    pub(super) compress_above: Option<usize>,
    pub(super) sweeps: Sweeps,
    pub(super) remembered: Remembered,
    /// Goes into every token.
    pub(super) salt: u64,
}

impl<K, V: 'static> StorageTier<K, V> {
    pub(crate) fn new(
        namespace: &str,
        storage: AnyStorage,
        codec: Box<dyn Codec<V>>,
        text: fn(&K, &mut String),
        compress_above: Option<usize>,
        salt: u64,
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
            sweeps: Sweeps::default(),
            remembered: Remembered::default(),
            salt,
        }
    }

    /// Whether its futures never wait.
    pub(crate) fn is_immediate(&self) -> bool {
        self.capabilities.is_immediate
    }

    /// Whether its writes may wait when they have returned.
    pub(crate) fn defers(&self) -> bool {
        self.capabilities.defers
    }

    /// The name under which the storage keeps what has this full name.
    pub(crate) fn stored(&self, name: &str) -> Vec<u8> {
        self.space.stored(name).into_owned()
    }

    /// The full name of a key.
    ///
    /// # Errors
    /// Of kind `key` when it is too long.
    pub(crate) fn name(&self, operation: &'static str, key: &K) -> Result<String, Error> {
        self.space.name(operation, |name| (self.text)(key, name))
    }
}
