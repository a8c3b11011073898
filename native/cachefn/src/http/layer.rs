//! The layer as `tower` sees it.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::{Request, Response};
use http_body::Body;
use tower_layer::Layer;
use tower_service::Service;

use super::asking::ask;
use super::body::ResponseBody;
use super::changing::{change, pass};
use super::inner::Inner;
use super::plan::Plan;
use super::purge;
use super::service::Origin;

/// Puts an [`HttpCache`](super::HttpCache) before a service; made by its [`layer`](super::HttpCache::layer).
///
/// It belongs outside of what answers, and inside of what must see every request: authentication that an
/// application does itself, rate limits, logs. It finds responses by the URI that it sees: a router that is
/// nested under a path sees its URIs without it, so put the layer before the outermost router.
///
/// ```
/// # fn main() -> Result<(), cachefn::Error> {
/// let cache = cachefn::http::HttpCache::builder("pages").build()?;
/// let router: axum::Router = axum::Router::new().layer(cache.layer());
/// # drop(router);
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct HttpCacheLayer {
    pub(super) cache: Arc<Inner>,
}

/// A service whose responses are cached.
#[derive(Clone)]
pub struct HttpCacheService<S> {
    cache: Arc<Inner>,
    service: S,
}

impl<S> Layer<S> for HttpCacheLayer {
    type Service = HttpCacheService<S>;

    fn layer(&self, service: S) -> HttpCacheService<S> {
        HttpCacheService { cache: self.cache.clone(), service }
    }
}

impl<S, B> Service<Request<B>> for HttpCacheService<S>
where
    S: Origin<B>,
    B: Body + Default + Send + 'static,
{
    type Response = Response<ResponseBody<S::Body>>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        // What is kept answers whether the service is ready or not; who asks it waits for it.
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let (cache, service) = (self.cache.clone(), self.service.clone());
        Box::pin(async move {
            let (parts, body) = request.into_parts();
            if let Some(order) = purge::order(&parts, &cache.settings) {
                return Ok(purge::obey(&cache, order).await);
            }
            match Plan::of(&parts, &body, &cache.settings) {
                Plan::Pass(why) => pass(&cache, service, why, (parts, body)).await,
                Plan::Change(target) => change(&cache, service, target, (parts, body)).await,
                // What is awaited inside of each other is large: it lies in boxes, not on the stack.
                Plan::Ask(about) => Box::pin(ask(cache, service, about, (parts, body))).await,
            }
        })
    }
}

impl fmt::Debug for HttpCacheLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpCacheLayer").field("cache", &self.cache.store.name()).finish()
    }
}

impl<S> fmt::Debug for HttpCacheService<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpCacheService")
            .field("cache", &self.cache.store.name())
            .finish_non_exhaustive()
    }
}
