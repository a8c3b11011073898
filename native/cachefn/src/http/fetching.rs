//! A fetch from its request to what the client, those who wait and the cache get of it.

use std::sync::Arc;

use http::header::{AUTHORIZATION, SET_COOKIE};
use http::request::Parts;
use http::{Response, StatusCode};

use super::answer::{from_stored, gateway_timeout};
use super::body::ResponseBody;
use super::inner::{Flown, Inner};
use super::origin::{Brought, Previous, fetch};
use super::plan::About;
use super::report::Report;
use super::service::Origin;
use super::shelf::{Fate, chosen};
use super::stored::Stored;

/// A fetch that is to be done.
pub(super) struct Fetching<S> {
    pub(super) cache: Arc<Inner>,
    pub(super) service: S,
    pub(super) about: Arc<About>,
    pub(super) previous: Option<Previous>,
    /// Of its target, before anything was looked for.
    pub(super) epoch: u64,
    /// Why, as `Cache-Status` says it.
    pub(super) why: &'static str,
}

/// What the client gets.
pub(super) type Answer<S, B> = Result<
    Response<ResponseBody<<S as Origin<B>>::Body>>,
    <S as tower_service::Service<http::Request<B>>>::Error,
>;

impl<S> Fetching<S> {
    /// Asks the service, keeps what may be kept, and says what others may use.
    pub(super) async fn run<B>(self, request: (Parts, B)) -> (Answer<S, B>, Flown)
    where
        S: Origin<B>,
        B: Default + Send,
    {
        let Fetching { cache, service, about, previous, epoch, why } = self;
        let heard = cache.heard();
        let fetched = Box::pin(async {
            let brought =
                Box::pin(fetch(&cache, service, request, &about, previous.as_ref())).await;
            let keep = match &brought {
                Brought::New { stored, .. } => Some(stored.clone()),
                Brought::Valid { stored, keep: Ok(()), .. } => Some(stored.clone()),
                _ => None,
            };
            (brought, keep)
        });
        let before = previous.as_ref().map(|previous| &*previous.stored);
        let Some((brought, fate)) = Box::pin(cache.keeping(&about, before, || fetched)).await
        else {
            // The cache has run the fetch, or it would have something under a name of our own.
            return (Ok(gateway_timeout()), Flown::Alone);
        };
        // What one user gets says nothing of what others had.
        let for_one = about.headers.contains_key(AUTHORIZATION);
        if previous.is_some() && !for_one && is_past(&brought) {
            Box::pin(cache.forget(&about)).await;
        }
        let (answer, flown) = finish(&cache, &about, previous, (brought, fate), why);
        // All who wait began before a removal of this cache was through; when another process removed
        // something they may have begun after that.
        let is_ours = cache.epochs.of(&about.key) != epoch && cache.heard() == heard;
        match (fate, flown) {
            (Fate::Removed, Flown::Kept(..)) if !is_ours => (answer, Flown::Removed),
            (_, flown) => (answer, flown),
        }
    }
}

/// Whether what was kept is not what the origin has for everybody any more.
fn is_past<R: http_body::Body, E>(brought: &Brought<R, E>) -> bool {
    match brought {
        Brought::Passed { response, .. } => {
            let status = response.status();
            status.is_success() || status == StatusCode::NOT_FOUND || status == StatusCode::GONE
        }
        Brought::Valid { keep, .. } => keep.is_err(),
        _ => false,
    }
}

fn finish<R: http_body::Body, E>(
    cache: &Inner,
    about: &About,
    previous: Option<Previous>,
    (brought, fate): (Brought<R, E>, Fate),
    why: &'static str,
) -> (Result<Response<ResponseBody<R>>, E>, Flown) {
    let mut report = Report { stored: fate == Fate::Kept, ..Report::forwarded(why) };
    let name = cache.settings.status.as_deref();
    let (mut response, flown) = match brought {
        Brought::Failed(error) => return (Err(error), Flown::Alone),
        Brought::Passed { response, refused } => {
            report.detail = Some(refused);
            (response, Flown::Alone)
        }
        Brought::New { response, stored } => (response, flown(fate, stored, about)),
        Brought::Valid { stored, cookies, keep } => {
            report.status = Some(304);
            report.detail = keep.err();
            let mut response = from_stored(&stored, about, cache.now());
            for cookie in cookies {
                response.headers_mut().append(SET_COOKIE, cookie);
            }
            (response, flown(fate, stored, about))
        }
        Brought::Older { status } => match previous {
            Some(Previous { stored, .. }) => {
                report.status = status.map(|status| status.as_u16());
                report.detail = Some("stale-if-error");
                let response = from_stored(&stored, about, cache.now());
                (response, Flown::Older)
            }
            None => (gateway_timeout(), Flown::Alone),
        },
        Brought::Unreachable => (gateway_timeout(), Flown::Alone),
    };
    report.tell(name, response.headers_mut());
    (Ok(response), flown)
}

/// What those who wait have of it.
fn flown(fate: Fate, stored: Arc<Stored>, about: &About) -> Flown {
    if fate == Fate::Nothing {
        return Flown::Alone;
    }
    let selecting = chosen(&stored, about).into();
    Flown::Kept(stored, selecting)
}
