//! Requests that may change their target, and those that nothing is kept of.

use http::Request;
use http::header::{CONTENT_LOCATION, HeaderMap, LOCATION};
use http::request::Parts;

use super::body::ResponseBody;
use super::fetching::Answer;
use super::inner::Inner;
use super::key::Target;
use super::report::Report;
use super::service::{Origin, call};
use super::tags::take;

/// Passes it on. After an answer that is no failure, what is kept of its target, and of the targets that
/// the answer names, is not valid any more; nor is what was asked of them before and is still to come.
pub(super) async fn change<S: Origin<B>, B>(
    cache: &Inner,
    mut service: S,
    target: Option<Target>,
    (parts, body): (Parts, B),
) -> Answer<S, B> {
    let response = call(&mut service, Request::from_parts(parts, body)).await?;
    let (mut head, body) = response.into_parts();
    if let Some(target) = target
        && (head.status.is_success() || head.status.is_redirection())
    {
        let tags = changed(&target, &head.headers);
        // Memory is free of it in any case, and what the storage did not do the cache tells.
        let _ = cache.invalidate(&tags).await;
    }
    take(&mut head.headers, &cache.settings.tag_header);
    Report::forwarded("method").tell(cache.settings.status.as_deref(), &mut head.headers);
    Ok(http::Response::from_parts(head, ResponseBody::passed(body)))
}

/// Passes it on, and looks at nothing.
pub(super) async fn pass<S: Origin<B>, B>(
    cache: &Inner,
    mut service: S,
    why: &'static str,
    (parts, body): (Parts, B),
) -> Answer<S, B> {
    let response = call(&mut service, Request::from_parts(parts, body)).await?;
    let (mut head, body) = response.into_parts();
    take(&mut head.headers, &cache.settings.tag_header);
    let report = Report { detail: Some(why), ..Report::forwarded("bypass") };
    report.tell(cache.settings.status.as_deref(), &mut head.headers);
    Ok(http::Response::from_parts(head, ResponseBody::passed(body)))
}

fn changed(target: &Target, headers: &HeaderMap) -> Vec<String> {
    let mut tags = vec![target.tag()];
    for name in [LOCATION, CONTENT_LOCATION] {
        let named = headers.get(&name).and_then(|value| value.to_str().ok());
        let named = named.and_then(|reference| target.refer(reference));
        // Nobody may invalidate what is another origin's.
        if let Some(named) = named.filter(|named| named.origin == target.origin) {
            tags.push(named.tag());
        }
    }
    tags
}
