//! Asking the service, and what its answer means for what is kept.

use std::sync::Arc;

use http::header::{HeaderValue, SET_COOKIE};
use http::request::Parts;
use http::{Request, Response, StatusCode};
use http_body::Body;

use super::body::{Collected, ResponseBody};
use super::conditions;
use super::freshen::freshen;
use super::inner::Inner;
use super::plan::About;
use super::service::{Origin, call};
use super::storable::{cleaned, may_keep};
use super::stored::{Stored, Times};
use super::tags::{Named, take};

/// What an answer means.
pub(super) enum Brought<R: Body, E> {
    /// Nothing of it is for others.
    Passed {
        response: Response<ResponseBody<R>>,
        refused: &'static str,
    },
    /// A whole response that is kept, and as the client gets it.
    New {
        response: Response<ResponseBody<R>>,
        stored: Arc<Stored>,
    },
    /// What was kept is valid still; with the cookies that came with these news.
    Valid {
        stored: Arc<Stored>,
        cookies: Vec<HeaderValue>,
        keep: Result<(), &'static str>,
    },
    /// The origin has a failure, and what was kept may be used instead.
    Older {
        status: Option<StatusCode>,
    },
    /// It cannot be asked, and what was kept must not be used without.
    Unreachable,
    Failed(E),
}

/// What was kept, and whether it may be used if the origin fails.
#[derive(Debug, Clone)]
pub(super) struct Previous {
    pub(super) stored: Arc<Stored>,
    pub(super) on_error: bool,
}

/// Asks for the whole response, or whether the previous one is valid still.
pub(super) async fn fetch<S, B>(
    cache: &Inner,
    mut service: S,
    (mut parts, body): (Parts, B),
    about: &About,
    previous: Option<&Previous>,
) -> Brought<S::Body, S::Error>
where
    S: Origin<B>,
    B: Default,
{
    let whole = parts.clone();
    conditions::strip(&mut parts.headers);
    let mut asked_by =
        previous.filter(|previous| conditions::ask(&previous.stored, &mut parts.headers));
    let mut request = Request::from_parts(parts, body);
    loop {
        let asked = cache.now();
        let answer = call(&mut service, request).await;
        let times = Times { asked, answered: cache.now() };
        let response = match answer {
            Ok(response) => response,
            Err(error) => {
                return match previous {
                    Some(previous) if previous.on_error => Brought::Older { status: None },
                    Some(previous) if must_ask(&previous.stored) => Brought::Unreachable,
                    _ => Brought::Failed(error),
                };
            }
        };
        if let Some(previous) = asked_by.take()
            && response.status() == StatusCode::NOT_MODIFIED
        {
            if conditions::speaks_of(&previous.stored, response.headers()) {
                return valid(cache, about, &whole, previous, response, times);
            }
            // It speaks of another response: only the whole one helps.
            let mut parts = whole.clone();
            conditions::strip(&mut parts.headers);
            request = Request::from_parts(parts, B::default());
            continue;
        }
        if previous.is_some_and(|previous| previous.on_error) && is_failure(response.status()) {
            return Brought::Older { status: Some(response.status()) };
        }
        return read(cache, about, &whole, response, times).await;
    }
}

/// A response in full.
async fn read<R: Body, E>(
    cache: &Inner,
    about: &About,
    request: &Parts,
    response: Response<R>,
    times: Times,
) -> Brought<R, E> {
    let limits = &cache.settings.limits;
    let (mut head, body) = response.into_parts();
    let tags = match take(&mut head.headers, &cache.settings.tag_header) {
        Named::None => Ok(Vec::new()),
        Named::These(tags) => Ok(tags),
        Named::TooMuch => Err("too-many-tags"),
    };
    let may = may_keep(request, &about.asks, head.status, &head.headers, limits);
    let tags = match may.and(tags) {
        Ok(tags) => tags,
        Err(refused) => {
            let response = finished(head, ResponseBody::passed(body), about, times);
            return Brought::Passed { response, refused };
        }
    };
    let told = super::headers::told_length(&head.headers);
    let (body, trailers) = match ResponseBody::collect(body, limits.max_body).await {
        Collected::Whole(body, trailers) => (body, trailers),
        Collected::Not(body) => {
            let response = Response::from_parts(head, body);
            return Brought::Passed { response, refused: "body" };
        }
    };
    let answer = ResponseBody::of(body.clone(), trailers);
    if matches!(told, super::headers::Told::Length(told) if told != body.len() as u64) {
        let response = Response::from_parts(head, answer);
        return Brought::Passed { response, refused: "incomplete" };
    }
    let headers = cleaned(head.headers.clone());
    let stored = Stored::new(head.status, headers, body, tags, times, limits.heuristic);
    let stored = Arc::new(stored.with_length());
    Brought::New { response: finished(head, answer, about, times), stored }
}

/// The answer for the client that it was made for: 304 if it has it already.
fn finished<R: Body>(
    head: http::response::Parts,
    body: ResponseBody<R>,
    about: &About,
    times: Times,
) -> Response<ResponseBody<R>> {
    if about.conditions.are_met(head.status, &head.headers, times.answered) {
        return super::answer::not_modified(head.headers);
    }
    Response::from_parts(head, body)
}

fn valid<R: Body, E>(
    cache: &Inner,
    about: &About,
    request: &Parts,
    previous: &Previous,
    response: Response<R>,
    times: Times,
) -> Brought<R, E> {
    let limits = &cache.settings.limits;
    let (mut head, _) = response.into_parts();
    let (tags, mut keep) = match take(&mut head.headers, &cache.settings.tag_header) {
        Named::None => (None, Ok(())),
        Named::These(tags) => (Some(tags), Ok(())),
        Named::TooMuch => (None, Err("too-many-tags")),
    };
    let cookies: Vec<HeaderValue> = head.headers.get_all(SET_COOKIE).iter().cloned().collect();
    let stored = freshen(&previous.stored, &head.headers, tags, times, limits.heuristic);
    // What it says now is judged with what came, such as a cookie.
    let mut judged = stored.headers.clone();
    for cookie in &cookies {
        judged.append(SET_COOKIE, cookie.clone());
    }
    for name in [http::header::CACHE_CONTROL, http::header::VARY] {
        // With what was taken from it, such as a field that is one user's.
        if head.headers.contains_key(&name) {
            judged.remove(&name);
            for value in head.headers.get_all(&name) {
                judged.append(name.clone(), value.clone());
            }
        }
    }
    keep = keep.and(may_keep(request, &about.asks, stored.status, &judged, limits));
    Brought::Valid { stored: Arc::new(stored), cookies, keep }
}

/// Whether a response must not be used without its origin, which makes 504 of an origin that is away.
pub(super) fn must_ask(stored: &Stored) -> bool {
    let says = &stored.says;
    says.must_revalidate || says.proxy_revalidate || says.s_maxage.is_some()
}

/// The statuses that mean that an origin has a failure.
pub(super) fn is_failure(status: StatusCode) -> bool {
    matches!(status.as_u16(), 500 | 502 | 503 | 504)
}
