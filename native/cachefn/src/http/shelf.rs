//! Looking for responses, keeping and removing them, in the cache behind.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use cachefn_core::{EntryOptions, Error, Glob, LoadContext, Tier};

use super::freshness::worth;
use super::inner::Inner;
use super::kept::{Entry, Kept, Variant, matching, with};
use super::plan::About;
use super::stored::Stored;
use super::vary::{Selecting, Vary, selecting};

/// What became of a response that was to be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Kept,
    /// It was removed while it was fetched, or there was no place for it.
    Removed,
    /// There was nothing to keep.
    Nothing,
}

/// What is there for a request.
pub(super) struct Found {
    /// The epoch of its target before anything was looked for.
    pub(super) epoch: u64,
    pub(super) variants: Option<Arc<Vec<Variant>>>,
    pub(super) response: Option<Arc<Stored>>,
}

impl Inner {
    /// The response that suits a request best. A storage that fails has none: its cache counts that, and
    /// tells it.
    pub(super) async fn look(&self, about: &About) -> Found {
        let epoch = self.epochs.of(&about.key);
        let variants = match self.store.get(&about.key).await {
            Ok(Some(Kept(Entry::Variants(variants)))) => variants,
            _ => return Found { epoch, variants: None, response: None },
        };
        let mut response = None;
        for variant in matching(&variants, &about.headers) {
            let place = place(&about.key, &variant.place);
            if let Ok(Some(Kept(Entry::Response(stored)))) = self.store.get(&place).await {
                response = Some(stored);
                break;
            }
        }
        Found { epoch, variants: Some(variants), response }
    }

    /// Keeps what a fetch brings, unless it was invalidated since the fetch began. Its result, and what
    /// became of what there was to keep. What a response from before was tagged with is known already: tags
    /// that are named later do not see what another process has removed meanwhile.
    pub(super) async fn keeping<T, F, Fut>(
        &self,
        about: &About,
        before: Option<&Stored>,
        fetch: F,
    ) -> Option<(T, Fate)>
    where
        F: FnOnce() -> Fut,
        Fut: Future<Output = (T, Option<Arc<Stored>>)>,
    {
        let own = self.new_place();
        let before = before.map(|stored| stored.tags.iter().cloned()).into_iter().flatten();
        let options = EntryOptions::new().tag(about.target.tag()).tags(before);
        let mut made = None;
        let out = &mut made;
        let load = |context: LoadContext<Kept>| async move {
            let (result, keep) = fetch().await;
            let kept = keep.and_then(|stored| {
                let life = self.life(&stored)?;
                context.ttl(life);
                context.tags(stored.tags.iter().cloned());
                Some(stored)
            });
            if kept.is_none() {
                context.skip();
            }
            *out = Some((result, kept.clone()));
            Kept(kept.map_or(Entry::Nothing, Entry::Response))
        };
        let place = place(&about.key, &own);
        let _: Kept = Box::pin(self.store.get_or_fetch_with(&place, options, load)).await;
        let (result, kept) = made?;
        let Some(stored) = kept else { return Some((result, Fate::Nothing)) };
        // One that is not there must not be listed: it would displace what others have kept since.
        if !matches!(self.store.peek(&place).await, Ok(Some(_))) {
            return Some((result, Fate::Removed));
        }
        let selecting = chosen(&stored, about);
        let variant = Variant { place: own, date: stored.date(), selecting };
        Box::pin(self.list(&about.key, variant)).await;
        Some((result, Fate::Kept))
    }

    /// Removes the responses that suit a request.
    pub(super) async fn forget(&self, about: &About) {
        let Some(variants) = self.look(about).await.variants else { return };
        for variant in matching(&variants, &about.headers) {
            // A storage that fails tells it; what it has may be removed by its tag.
            let _ = self.store.delete(&place(&about.key, &variant.place)).await;
        }
    }

    /// Removes everything of a target.
    pub(super) async fn invalidate(&self, tags: &[String]) -> Result<(), Error> {
        let _removing = self.epochs.removing(tags);
        self.store.invalidate_by_tags(tags).await
    }

    /// Removes all targets that match, with what is being fetched of them.
    pub(super) async fn invalidate_pattern(&self, glob: &Glob) -> Result<(), Error> {
        // The target alone, with headers behind it, and each response of either.
        let behind = |sign: &str| Glob::new(&format!("{}{sign}*", glob.as_str()));
        let globs = [glob.clone(), behind(" ")?, behind("\n")?];
        let _removing = self.epochs.removing_any();
        self.store.invalidate_by_pattern(&globs).await.map(drop)
    }

    /// Removes everything.
    pub(super) async fn clear(&self) -> Result<(), Error> {
        let _removing = self.epochs.removing_any();
        self.store.clear().await
    }

    async fn list(&self, key: &str, variant: Variant) {
        let mut gone = Vec::new();
        let change = |old: Option<Kept>| {
            let old = match old {
                Some(Kept(Entry::Variants(variants))) => variants,
                _ => Arc::default(),
            };
            let (all, removed) = with(&old, variant.clone(), self.settings.max_variants);
            gone = removed;
            Some(Kept(Entry::Variants(Arc::new(all))))
        };
        if self.store.update(key.to_string(), change).await.is_err() {
            // A storage that is down: memory goes on alone.
            let old = match self.store.get(key).await {
                Ok(Some(Kept(Entry::Variants(variants)))) => variants,
                _ => Arc::default(),
            };
            let (all, _) = with(&old, variant, self.settings.max_variants);
            let options = EntryOptions::new().tier(Tier::Memory);
            let kept = Kept(Entry::Variants(Arc::new(all)));
            // Memory that is full has no place for it, and so it is not found.
            let _ = self.store.set_with(key.to_string(), kept, options).await;
        }
        for variant in gone {
            let _ = self.store.delete(&place(key, &variant.place)).await;
        }
    }

    /// How long a response is of use from now on.
    fn life(&self, stored: &Stored) -> Option<Duration> {
        let settings = &self.settings;
        let validated = stored.headers.contains_key(http::header::ETAG)
            || stored.headers.contains_key(http::header::LAST_MODIFIED);
        let validation = if validated { settings.validation.as_secs() } else { 0 };
        let worth = worth(stored, &settings.leeway, validation);
        let left = worth.saturating_sub(stored.age(self.now()));
        let left = Duration::from_secs(left).min(settings.keep_at_most);
        (left > Duration::ZERO).then_some(left)
    }
}

/// What chose a response, of the headers of its request.
pub(super) fn chosen(stored: &Stored, about: &About) -> Vec<Selecting> {
    match Vary::of(&stored.headers) {
        Vary::By(names) => selecting(&names, &about.headers),
        // Such a response is not kept.
        Vary::Anything => Vec::new(),
    }
}

/// The key of one response: no target has a line break.
fn place(key: &str, own: &str) -> String {
    format!("{key}\n\n{own}")
}
