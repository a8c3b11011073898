//! One face over the two caches.

use std::rc::Rc;
use std::sync::Arc;

use cachefn_core::{EntryOptions, ErrorKind, Glob, MemoryCache, Mode, Stats, unsync};

use super::operation::{Late, Way, duration};

/// A value that can be counted: who holds the other end knows how many there are.
#[derive(Debug, Clone)]
pub(crate) struct Value {
    pub(crate) id: u64,
    pub(crate) weight: u64,
    pub(crate) _counted: Arc<()>,
}

/// What a fetcher does: given the cache, where one can have it meanwhile, and the previous value.
pub(crate) type Fetcher<'a> =
    &'a mut dyn FnMut(Option<&mut dyn Subject>, Option<u64>) -> Result<Value, ()>;

pub(crate) trait Subject {
    fn get(&mut self, key: &str) -> Option<u64>;
    fn peek(&mut self, key: &str) -> Option<u64>;
    fn has(&mut self, key: &str) -> bool;
    /// Whether it was not too heavy; likewise below.
    fn set(&mut self, key: &str, value: Value, options: EntryOptions) -> bool;
    fn set_if_absent(&mut self, key: &str, value: Value) -> Option<bool>;
    fn update(&mut self, key: &str, new: Option<Value>) -> Option<Option<u64>>;
    fn expire(&mut self, key: &str) -> bool;
    fn delete(&mut self, key: &str) -> bool;
    fn clear(&mut self);
    fn purge(&mut self) -> usize;
    fn invalidate_by_tag(&mut self, tag: &str, way: Way);
    fn invalidate_by_pattern(&mut self, pattern: &Glob, way: Way) -> usize;
    fn keys(&mut self, pattern: &Glob) -> Vec<String>;
    fn entries(&mut self, pattern: &Glob, limit: usize) -> Vec<(String, u64)>;
    fn len(&mut self) -> usize;
    fn stats(&mut self) -> Stats;
    fn get_or_fetch(
        &mut self,
        key: &str,
        options: EntryOptions,
        late: &Late,
        fetcher: Fetcher<'_>,
    ) -> Option<u64>;
}

pub(crate) type Sharded = Rc<MemoryCache<String, Value>>;
pub(crate) type Unsync = unsync::MemoryCache<String, Value>;

/// What both caches spell alike.
macro_rules! alike {
    ($cache:ty, $inner:expr) => {
        fn get(&mut self, key: &str) -> Option<u64> {
            <$cache>::get(self, key).map(|value| value.id)
        }
        fn peek(&mut self, key: &str) -> Option<u64> {
            <$cache>::peek(self, key).map(|value| value.id)
        }
        fn has(&mut self, key: &str) -> bool {
            self.contains(key)
        }
        fn set(&mut self, key: &str, value: Value, options: EntryOptions) -> bool {
            fits(self.set_with(key.into(), value, options)).is_some()
        }
        fn set_if_absent(&mut self, key: &str, value: Value) -> Option<bool> {
            fits(<$cache>::set_if_absent(self, key.into(), value))
        }
        fn update(&mut self, key: &str, new: Option<Value>) -> Option<Option<u64>> {
            let updated = fits(<$cache>::update(self, key.into(), |_| new.clone()))?;
            Some(updated.map(|value| value.id))
        }
        fn expire(&mut self, key: &str) -> bool {
            <$cache>::expire(self, key)
        }
        fn delete(&mut self, key: &str) -> bool {
            <$cache>::delete(self, key)
        }
        fn clear(&mut self) {
            <$cache>::clear(self);
        }
        fn purge(&mut self) -> usize {
            <$cache>::purge(self)
        }
        fn invalidate_by_tag(&mut self, tag: &str, way: Way) {
            <$cache>::invalidate_by_tag_with(self, tag, mode(way));
        }
        fn invalidate_by_pattern(&mut self, pattern: &Glob, way: Way) -> usize {
            <$cache>::invalidate_by_pattern_with(self, pattern, mode(way))
        }
        fn keys(&mut self, pattern: &Glob) -> Vec<String> {
            <$cache>::keys(self, pattern)
        }
        fn entries(&mut self, pattern: &Glob, limit: usize) -> Vec<(String, u64)> {
            let entries = <$cache>::entries(self, pattern, limit);
            entries.into_iter().map(|(key, value)| (key, value.id)).collect()
        }
        fn len(&mut self) -> usize {
            <$cache>::len(self)
        }
        fn stats(&mut self) -> Stats {
            <$cache>::stats(self)
        }
        fn get_or_fetch(
            &mut self,
            key: &str,
            options: EntryOptions,
            late: &Late,
            fetcher: Fetcher<'_>,
        ) -> Option<u64> {
            let mut inner = $inner(self);
            let found = self.get_or_fetch_with(key, options, |context| {
                if let Some(ttl) = late.ttl {
                    context.ttl(duration(ttl));
                }
                if late.skips {
                    context.skip();
                }
                let previous = context.previous().map(|value| value.id);
                let value = fetcher(inner.as_mut().map(|inner| inner as _), previous);
                context.tags(late.tag);
                value
            });
            found.ok().map(|value| value.id)
        }
    };
}

impl Subject for Sharded {
    alike!(MemoryCache<String, Value>, |cache: &Sharded| Some(cache.clone()));
}

impl Subject for Unsync {
    alike!(Unsync, |_: &Unsync| None::<Sharded>);
}

fn mode(way: Way) -> Mode {
    match way {
        Way::Remove => Mode::Remove,
        Way::Expire => Mode::Expire,
    }
}

/// What was answered, unless the value was too heavy; nothing else can go wrong.
fn fits<T>(result: Result<T, cachefn_core::Error>) -> Option<T> {
    match result {
        Ok(answer) => Some(answer),
        Err(error) if error.kind() == ErrorKind::TooHeavy => None,
        Err(error) => panic!("{error}"),
    }
}
