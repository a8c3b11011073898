//! Responses that are made here: from what is kept, and where nothing is.

use bytes::Bytes;
use http::header::{
    AGE, CONTENT_ENCODING, CONTENT_LANGUAGE, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE,
    HeaderMap, HeaderName, HeaderValue, TRAILER, TRANSFER_ENCODING,
};
use http::{Response, StatusCode};
use http_body::Body;

use super::body::ResponseBody;
use super::plan::About;
use super::stored::Stored;

/// What is kept, as the answer to a request: its age is told, and a client that has it gets 304.
pub(super) fn from_stored<B: Body>(
    stored: &Stored,
    about: &About,
    now: u64,
) -> Response<ResponseBody<B>> {
    let mut headers = stored.headers.clone();
    headers.insert(AGE, HeaderValue::from(stored.age(now)));
    if about.conditions.are_met(stored.status, &headers, stored.times.answered) {
        return not_modified(headers);
    }
    let body = if about.head { Bytes::new() } else { stored.body.clone() };
    respond(stored.status, headers, ResponseBody::of(body, None))
}

/// 304, with the headers of the response that the client has.
pub(super) fn not_modified<B: Body>(mut headers: HeaderMap) -> Response<ResponseBody<B>> {
    for name in &OF_THE_BODY {
        headers.remove(name);
    }
    respond(StatusCode::NOT_MODIFIED, headers, ResponseBody::of(Bytes::new(), None))
}

/// The service cannot be asked, or must not.
pub(super) fn gateway_timeout<B: Body>() -> Response<ResponseBody<B>> {
    plain(StatusCode::GATEWAY_TIMEOUT, "nothing is kept that may answer this\n")
}

/// A text of our own, which nobody keeps.
pub(super) fn plain<B: Body>(status: StatusCode, text: &'static str) -> Response<ResponseBody<B>> {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    headers.insert(http::header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    respond(status, headers, ResponseBody::of(Bytes::from_static(text.as_bytes()), None))
}

fn respond<B: Body>(
    status: StatusCode,
    headers: HeaderMap,
    body: ResponseBody<B>,
) -> Response<ResponseBody<B>> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}

/// What describes bytes that a 304 does not have.
const OF_THE_BODY: [HeaderName; 7] = [
    CONTENT_ENCODING,
    CONTENT_LANGUAGE,
    CONTENT_LENGTH,
    CONTENT_RANGE,
    CONTENT_TYPE,
    TRAILER,
    TRANSFER_ENCODING,
];
