//! What a service must be so that its responses can be cached.

use std::future::poll_fn;

use http::{Request, Response};
use http_body::Body;
use tower_service::Service;

/// A service whose responses an [`HttpCacheLayer`](super::HttpCacheLayer) can cache. Every `tower` service
/// of requests and responses is one that can be cloned and sent to other threads.
///
/// ```
/// fn asks<B>(service: impl cachefn::http::Origin<B>) {
///     drop(service);
/// }
/// asks::<axum::body::Body>(axum::Router::new());
/// ```
pub trait Origin<B>:
    Service<Request<B>, Response = Response<Self::Body>, Error: Send, Future: Send>
    + Clone
    + Send
    + 'static
{
    /// The body of its responses.
    type Body: Body<Error: Send> + Send + 'static;
}

impl<S, B, R> Origin<B> for S
where
    S: Service<Request<B>, Response = Response<R>, Error: Send, Future: Send>
        + Clone
        + Send
        + 'static,
    R: Body<Error: Send> + Send + 'static,
{
    type Body = R;
}

/// One answer, when the service is ready for a request.
pub(super) async fn call<S: Origin<B>, B>(
    service: &mut S,
    request: Request<B>,
) -> Result<Response<S::Body>, S::Error> {
    poll_fn(|context| service.poll_ready(context)).await?;
    service.call(request).await
}
