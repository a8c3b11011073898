//! Who wants to know of the removals that a program itself asks for: nobody pays for it who removes nothing.

use alloc::string::String;
use alloc::sync::Arc;
use core::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::bus::Invalidation;
use crate::error::{Error, ErrorKind};
use crate::maybe_send::{MaybeSend, MaybeSync};

/// A removal that a program asked for, and what came of it. What others tell over a bus is none, nor is what
/// expires or is evicted.
///
/// ```
/// # use std::sync::{Arc, Mutex};
/// use cachefn_core::{NamedCache, Removal};
/// # pollster::block_on(async {
/// let told = Arc::new(Mutex::new(Vec::new()));
/// let tell = told.clone();
/// let named = NamedCache::builder("users").on_removal(move |removal: &Removal<'_>| {
///     tell.lock().unwrap().push((removal.name.to_string(), removal.what.clone()));
/// });
/// let users = named.build()?.cache::<String, u32>()?;
/// users.delete("user:7").await?;
/// let what = cachefn_core::Invalidation::Keys(vec!["user:7".into()]);
/// assert_eq!(*told.lock().unwrap(), [("users".to_string(), what)]);
/// # Ok::<(), cachefn_core::Error>(()) }).unwrap();
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct Removal<'r> {
    /// The name of the cache: of one function's entries `{cache}/{id}`.
    pub name: &'r str,
    /// What was to leave.
    pub what: &'r Invalidation,
    /// What went wrong. A call that was given up before its end may have removed something, or not.
    pub failure: Option<&'r Error>,
}

/// Is told of removals.
pub trait Witness: MaybeSend + MaybeSync + 'static {
    /// Nothing is locked meanwhile.
    fn sees(&self, removal: &Removal<'_>);
}

impl<F: Fn(&Removal<'_>) + MaybeSend + MaybeSync + 'static> Witness for F {
    fn sees(&self, removal: &Removal<'_>) {
        self(removal);
    }
}

/// A witness of one cache, who is told keys as texts.
pub(super) struct OwnWitness<K> {
    pub(super) witness: Arc<dyn Witness>,
    pub(super) write: fn(&K, &mut String),
}

/// A removal under way, which is told at its end.
#[must_use]
pub(crate) struct Witnessed<'c>(Option<(&'c dyn Witness, &'c str, Invalidation)>);

impl<'c> Witnessed<'c> {
    /// Told under the name of a cache, if to anybody.
    pub(crate) fn by(witness: Option<(&'c dyn Witness, &'c str, Invalidation)>) -> Self {
        Witnessed(witness)
    }

    /// Awaits it, and tells what came of it.
    pub(crate) async fn of<T>(
        mut self,
        removal: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        let done = removal.await;
        self.tell(done.as_ref().err());
        done
    }

    fn tell(&mut self, failure: Option<&Error>) {
        if let Some((witness, name, what)) = mem::take(&mut self.0) {
            let removal = Removal { name, what: &what, failure };
            // A witness that panics harms nobody.
            let _ = catch_unwind(AssertUnwindSafe(|| witness.sees(&removal)));
        }
    }
}

impl Drop for Witnessed<'_> {
    fn drop(&mut self) {
        if self.0.is_some() {
            let text = "it was given up before its end";
            self.tell(Some(&Error::new(ErrorKind::Unavailable, "remove", text)));
        }
    }
}
