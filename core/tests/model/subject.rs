//! One face over the two caches.

use std::rc::Rc;
use std::sync::Arc;

use cachefn_core::private::{Enter, enter};
use cachefn_core::{EntryOptions, Glob, MemoryCache, Stats, unsync};

/// A value that can be counted: who holds the other end knows how many there are.
#[derive(Clone)]
pub(crate) struct Value {
    pub(crate) id: u64,
    pub(crate) _counted: Arc<()>,
}

/// What a fetcher does: given the cache, where one can have it meanwhile.
pub(crate) type Fetcher<'a> = &'a mut dyn FnMut(Option<&mut dyn Subject>) -> Result<Value, ()>;

pub(crate) trait Subject {
    fn get(&mut self, key: &str) -> Option<u64>;
    fn peek(&mut self, key: &str) -> Option<u64>;
    fn has(&mut self, key: &str) -> bool;
    fn set(&mut self, key: &str, value: Value, options: EntryOptions);
    fn delete(&mut self, key: &str) -> bool;
    fn clear(&mut self);
    fn invalidate_by_tag(&mut self, tag: &str);
    fn invalidate_by_pattern(&mut self, pattern: &Glob) -> usize;
    fn keys(&mut self, pattern: &Glob) -> Vec<String>;
    fn len(&mut self) -> usize;
    fn stats(&mut self) -> Stats;
    fn get_or_fetch(
        &mut self,
        key: &str,
        options: EntryOptions,
        fetcher: Fetcher<'_>,
    ) -> Option<u64>;
}

pub(crate) type Sharded = Rc<MemoryCache<String, Value>>;
pub(crate) type Unsync = unsync::MemoryCache<String, Value>;

/// What both caches spell alike.
macro_rules! alike {
    ($cache:ty) => {
        fn get(&mut self, key: &str) -> Option<u64> {
            <$cache>::get(self, key).map(|value| value.id)
        }
        fn peek(&mut self, key: &str) -> Option<u64> {
            <$cache>::peek(self, key).map(|value| value.id)
        }
        fn has(&mut self, key: &str) -> bool {
            self.contains(key)
        }
        fn set(&mut self, key: &str, value: Value, options: EntryOptions) {
            self.set_with(key.into(), value, options).expect("memory is not refused");
        }
        fn delete(&mut self, key: &str) -> bool {
            <$cache>::delete(self, key)
        }
        fn clear(&mut self) {
            <$cache>::clear(self);
        }
        fn invalidate_by_tag(&mut self, tag: &str) {
            <$cache>::invalidate_by_tag(self, tag);
        }
        fn invalidate_by_pattern(&mut self, pattern: &Glob) -> usize {
            <$cache>::invalidate_by_pattern(self, pattern)
        }
        fn keys(&mut self, pattern: &Glob) -> Vec<String> {
            <$cache>::keys(self, pattern)
        }
        fn len(&mut self) -> usize {
            <$cache>::len(self)
        }
        fn stats(&mut self) -> Stats {
            <$cache>::stats(self)
        }
    };
}

impl Subject for Sharded {
    alike!(MemoryCache<String, Value>);

    fn get_or_fetch(
        &mut self,
        key: &str,
        options: EntryOptions,
        fetcher: Fetcher<'_>,
    ) -> Option<u64> {
        let mut inner = self.clone();
        let found = match enter(self, key, || options) {
            Enter::Hit(value) => Ok(value),
            Enter::Lead(flight) => flight.finish(fetcher(Some(&mut inner))),
        };
        found.ok().map(|value| value.id)
    }
}

impl Subject for Unsync {
    alike!(Unsync);

    fn get_or_fetch(
        &mut self,
        key: &str,
        _none: EntryOptions,
        fetcher: Fetcher<'_>,
    ) -> Option<u64> {
        let found = unsync::MemoryCache::get_or_fetch(self, key, || fetcher(None));
        found.ok().map(|value| value.id)
    }
}
