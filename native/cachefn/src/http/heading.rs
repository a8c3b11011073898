//! HEAD where nothing kept answers it: the service is asked, and its answer tells about what is kept.

use std::sync::Arc;

use http::header::{CONTENT_LENGTH, ETAG, LAST_MODIFIED};
use http::request::Parts;
use http::{Request, StatusCode};

use super::body::ResponseBody;
use super::fetching::Answer;
use super::freshen::freshen;
use super::inner::Inner;
use super::plan::About;
use super::report::Report;
use super::service::{Origin, call};
use super::storable::may_keep;
use super::stored::{Stored, Times};
use super::tags::{Named, take};

/// Passes it on. What is kept is freshened if the answer speaks of it, and removed if it speaks of another.
pub(super) async fn head<S: Origin<B>, B>(
    cache: &Inner,
    mut service: S,
    about: &About,
    kept: Option<Arc<Stored>>,
    (parts, body): (Parts, B),
    why: &'static str,
) -> Answer<S, B> {
    let whole = parts.clone();
    let asked = cache.now();
    let response = call(&mut service, Request::from_parts(parts, body)).await?;
    let times = Times { asked, answered: cache.now() };
    let (mut head, body) = response.into_parts();
    let tags = take(&mut head.headers, &cache.settings.tag_header);
    if let Some(kept) = kept
        && head.status == StatusCode::OK
    {
        let limits = &cache.settings.limits;
        let may = may_keep(&whole, &about.asks, head.status, &head.headers, limits);
        if may.is_ok() && speaks_of(&kept, &head.headers) {
            let tags = match tags {
                Named::These(tags) => Some(tags),
                Named::None | Named::TooMuch => None,
            };
            let newer = freshen(&kept, &head.headers, tags, times, limits.heuristic);
            cache.keeping(about, || async { ((), Some(Arc::new(newer))) }).await;
        } else {
            cache.forget(about).await;
        }
    }
    let mut response = http::Response::from_parts(head, ResponseBody::passed(body));
    Report::forwarded(why).tell(cache.settings.status.as_deref(), response.headers_mut());
    Ok(response)
}

/// Whether the answer names the validators and the length that the kept response has.
fn speaks_of(kept: &Stored, headers: &http::HeaderMap) -> bool {
    let same = |name| headers.get(&name) == kept.headers.get(&name);
    same(ETAG)
        && same(LAST_MODIFIED)
        && headers.get(CONTENT_LENGTH).is_none_or(|length| {
            length.to_str().is_ok_and(|length| length.parse() == Ok(kept.body.len()))
        })
}
