//! HEAD where nothing kept answers it: the service is asked, and its answer tells about what is kept.

use std::sync::Arc;

use http::header::{CONTENT_LENGTH, ETAG, LAST_MODIFIED};
use http::request::Parts;
use http::{Request, StatusCode};

use super::answer::{from_stored, gateway_timeout};
use super::body::ResponseBody;
use super::fetching::Answer;
use super::freshen::freshen;
use super::inner::Inner;
use super::origin::{Previous, is_failure, must_ask};
use super::plan::About;
use super::report::Report;
use super::service::{Origin, call};
use super::storable::may_keep;
use super::stored::{Stored, Times};
use super::tags::{Named, take};

/// Passes it on. What is kept is freshened if the answer speaks of it, and removed if it speaks of another.
pub(super) async fn head<S: Origin<B>, B: Send>(
    cache: &Inner,
    service: S,
    about: &About,
    previous: Option<Previous>,
    request: (Parts, B),
    why: &'static str,
) -> Answer<S, B> {
    let asked = async {
        let (answer, news) = Box::pin(ask(cache, service, about, previous.as_ref(), request)).await;
        let newer = match &news {
            News::Newer(newer) => Some(newer.clone()),
            News::Other | News::Nothing | News::Failure(_) => None,
        };
        ((answer, news), newer)
    };
    // Within a load: what is removed while the service is asked is not kept again.
    let asked = match &previous {
        Some(Previous { stored, .. }) => {
            let keeping = cache.keeping(about, Some(stored), || asked);
            Box::pin(keeping).await.map(|(asked, _)| asked)
        }
        None => Some(asked.await.0),
    };
    let Some((answer, news)) = asked else {
        // The cache has run the fetch, or it would have something under a name of our own.
        return Ok(gateway_timeout());
    };
    if matches!(news, News::Other) {
        cache.forget(about).await;
    }
    let mut report = Report::forwarded(why);
    let mut response = match (news, previous) {
        (News::Failure(status), Some(Previous { stored, on_error: true })) => {
            report.status = status.map(|status| status.as_u16());
            report.detail = Some("stale-if-error");
            from_stored(&stored, about, cache.now())
        }
        (News::Failure(None), Some(Previous { stored, .. })) if must_ask(&stored) => {
            gateway_timeout()
        }
        _ => answer?,
    };
    report.tell(cache.settings.status.as_deref(), response.headers_mut());
    Ok(response)
}

/// What an answer says of what is kept.
enum News {
    Newer(Arc<Stored>),
    Other,
    Nothing,
    /// The service has one, as this status tells, or cannot be asked.
    Failure(Option<StatusCode>),
}

async fn ask<S: Origin<B>, B>(
    cache: &Inner,
    mut service: S,
    about: &About,
    previous: Option<&Previous>,
    (parts, body): (Parts, B),
) -> (Answer<S, B>, News) {
    let whole = parts.clone();
    let asked = cache.now();
    let response = match call(&mut service, Request::from_parts(parts, body)).await {
        Ok(response) => response,
        Err(error) => return (Err(error), News::Failure(None)),
    };
    let times = Times { asked, answered: cache.now() };
    let (mut head, body) = response.into_parts();
    let tags = take(&mut head.headers, &cache.settings.tag_header);
    let news = match previous {
        _ if is_failure(head.status) => News::Failure(Some(head.status)),
        Some(Previous { stored: kept, .. }) if head.status == StatusCode::OK => {
            let limits = &cache.settings.limits;
            let may = may_keep(&whole, &about.asks, head.status, &head.headers, limits);
            let tags = match tags {
                Named::None => Ok(None),
                Named::These(tags) => Ok(Some(tags)),
                Named::TooMuch => Err("too-many-tags"),
            };
            match may.and(tags) {
                Ok(tags) if speaks_of(kept, &head.headers) => {
                    let newer = freshen(kept, &head.headers, tags, times, limits.heuristic);
                    News::Newer(Arc::new(newer))
                }
                _ => News::Other,
            }
        }
        _ => News::Nothing,
    };
    (Ok(http::Response::from_parts(head, ResponseBody::passed(body))), news)
}

/// Whether the answer names the validators and the length that the kept response has. One without any
/// validator says nothing of the bytes.
fn speaks_of(kept: &Stored, headers: &http::HeaderMap) -> bool {
    let same = |name| headers.get(&name) == kept.headers.get(&name);
    (headers.contains_key(ETAG) || headers.contains_key(LAST_MODIFIED))
        && same(ETAG)
        && same(LAST_MODIFIED)
        && headers.get(CONTENT_LENGTH).is_none_or(|length| {
            length.to_str().is_ok_and(|length| length.parse() == Ok(kept.body.len()))
        })
}
