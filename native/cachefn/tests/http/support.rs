//! A site: an origin that answers as it is told, the layer before it, and a clock that stands still.

use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use cachefn::http::{HttpCache, HttpCacheBuilder};
use cachefn::{BoxFuture, Clock, ManualClock};
use http::request::Parts;
use http::{HeaderMap, Request, Response};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full};
use tokio::sync::Semaphore;
use tokio::task::{JoinHandle, yield_now};
use tower::{Layer, Service, ServiceExt};

pub(crate) type Body = UnsyncBoxBody<Bytes, &'static str>;
pub(crate) type Reply = Result<Response<Body>, &'static str>;
type Replies = Arc<dyn Fn(&Parts) -> Reply + Send + Sync>;

/// A service that answers as it is told.
#[derive(Clone)]
pub(crate) struct Origin {
    replies: Arc<Mutex<Replies>>,
    asked: Arc<Mutex<Vec<Parts>>>,
    gate: Arc<Semaphore>,
}

impl Origin {
    pub(crate) fn answers(&self, reply: impl Fn(&Parts) -> Reply + Send + Sync + 'static) {
        *self.replies.lock().unwrap() = Arc::new(reply);
    }

    /// Every later request waits until it is let through.
    pub(crate) fn shut(&self) {
        self.gate.forget_permits(usize::MAX >> 4);
    }

    pub(crate) fn let_through(&self, requests: usize) {
        self.gate.add_permits(requests);
    }

    pub(crate) fn asked(&self) -> usize {
        self.asked.lock().unwrap().len()
    }

    /// The last request, as it came here.
    pub(crate) fn last(&self) -> Parts {
        self.asked.lock().unwrap().last().cloned().expect("somebody asked")
    }
}

impl Service<Request<Full<Bytes>>> for Origin {
    type Response = Response<Body>;
    type Error = &'static str;
    type Future = BoxFuture<'static, Reply>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), &'static str>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Full<Bytes>>) -> Self::Future {
        let (parts, _) = request.into_parts();
        self.asked.lock().unwrap().push(parts.clone());
        let reply = self.replies.lock().unwrap().clone();
        let gate = self.gate.clone();
        Box::pin(async move {
            gate.acquire().await.expect("the gate is never closed").forget();
            reply(&parts)
        })
    }
}

/// The layer before an origin.
#[derive(Clone)]
pub(crate) struct Site {
    pub(crate) cache: HttpCache,
    pub(crate) clock: ManualClock,
    pub(crate) origin: Origin,
}

pub(crate) fn site() -> Site {
    site_with(|builder| builder)
}

pub(crate) fn site_with(set: impl FnOnce(HttpCacheBuilder) -> HttpCacheBuilder) -> Site {
    let clock = ManualClock::new();
    clock.advance(Duration::from_secs(1_700_000_000));
    second(clock, set)
}

/// Another site of the same time.
pub(crate) fn second(
    clock: ManualClock,
    set: impl FnOnce(HttpCacheBuilder) -> HttpCacheBuilder,
) -> Site {
    let builder = HttpCache::builder("site").clock(clock.clone()).cache_status("site");
    let cache = set(builder).build().expect("the settings work");
    Site { clock, ..before(cache) }
}

/// An origin, and this cache before it.
pub(crate) fn before(cache: HttpCache) -> Site {
    let replies: Replies = Arc::new(|_| reply(&[("cache-control", "max-age=60")], "text"));
    let origin = Origin {
        replies: Arc::new(Mutex::new(replies)),
        asked: Arc::default(),
        gate: Arc::new(Semaphore::new(Semaphore::MAX_PERMITS / 2)),
    };
    Site { cache, clock: ManualClock::new(), origin }
}

impl Site {
    /// What a client gets for this request.
    pub(crate) async fn ask(&self, request: Request<Full<Bytes>>) -> Got {
        self.try_ask(request).await.expect("the origin can be asked")
    }

    pub(crate) async fn try_ask(&self, request: Request<Full<Bytes>>) -> Result<Got, &'static str> {
        let service = self.cache.layer().layer(self.origin.clone());
        let response = service.oneshot(request).await?;
        let (head, body) = response.into_parts();
        let collected = body.collect().await;
        let (body, failed) = match collected {
            Ok(body) => (body.to_bytes(), false),
            Err(_) => (Bytes::new(), true),
        };
        let body = String::from_utf8(body.to_vec()).expect("texts");
        Ok(Got { status: head.status.as_u16(), headers: head.headers, body, failed })
    }

    pub(crate) async fn get(&self, path: &str) -> Got {
        self.ask(get(path, &[])).await
    }

    pub(crate) async fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Got {
        self.ask(get(path, headers)).await
    }

    pub(crate) fn seconds(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    /// The clock's time plus some seconds, as a header has it.
    pub(crate) fn date(&self, plus: i64) -> String {
        let ms = self.clock.wall_ms() as i64 + plus * 1_000;
        let time = std::time::UNIX_EPOCH + Duration::from_millis(ms as u64);
        httpdate::fmt_http_date(time)
    }
}

/// What a client got.
#[derive(Debug)]
pub(crate) struct Got {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
    /// Whether the body broke off.
    pub(crate) failed: bool,
}

impl Got {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().expect("a text"))
    }

    /// Whether it came from the cache without a question.
    pub(crate) fn hit(&self) -> bool {
        self.header("cache-status").is_some_and(|status| status.starts_with("site; hit"))
    }

    /// What `Cache-Status` says after the name.
    pub(crate) fn why(&self) -> &str {
        self.header("cache-status").and_then(|status| status.strip_prefix("site; ")).unwrap_or("")
    }
}

pub(crate) fn get(path: &str, headers: &[(&str, &str)]) -> Request<Full<Bytes>> {
    request("GET", path, headers, "")
}

/// A request to `example.com`, unless its headers name a host.
pub(crate) fn request(
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &'static str,
) -> Request<Full<Bytes>> {
    let mut builder = Request::builder().method(method).uri(path);
    if !headers.iter().any(|(name, _)| *name == "host") {
        builder = builder.header("host", "example.com");
    }
    for (name, value) in headers {
        builder = builder.header(*name, *value);
    }
    builder.body(Full::new(Bytes::from_static(body.as_bytes()))).expect("a request")
}

pub(crate) fn reply(headers: &[(&str, &str)], body: impl Into<Bytes>) -> Reply {
    reply_as(200, headers, body)
}

pub(crate) fn reply_as(status: u16, headers: &[(&str, &str)], body: impl Into<Bytes>) -> Reply {
    let body = Full::new(body.into()).map_err(|never| match never {}).boxed_unsync();
    reply_with(status, headers, body)
}

pub(crate) fn reply_with(status: u16, headers: &[(&str, &str)], body: Body) -> Reply {
    let mut builder = Response::builder().status(status);
    for (name, value) in headers {
        builder = builder.header(*name, *value);
    }
    Ok(builder.body(body).expect("a response"))
}

/// Asks twice for `/`, after an answer with these headers: whether the second came from the cache.
pub(crate) fn is_kept(site: &Site, headers: &[(&str, &str)]) -> bool {
    is_kept_as(site, 200, headers)
}

pub(crate) fn is_kept_as(site: &Site, status: u16, headers: &[(&str, &str)]) -> bool {
    let owned: Vec<(String, String)> =
        headers.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
    site.origin.answers(move |_| {
        let headers: Vec<(&str, &str)> =
            owned.iter().map(|(name, value)| (&**name, &**value)).collect();
        reply_as(status, &headers, "text")
    });
    pollster::block_on(async {
        site.cache.clear().await.expect("memory can be cleared");
        let first = site.get("/").await;
        assert!(!first.hit() && first.status == status, "{first:?}");
        site.get("/").await.hit()
    })
}

/// Lets `count` clients ask, and waits until none of them can go on alone.
pub(crate) async fn crowd(
    site: &Site,
    count: usize,
    headers: &'static [(&str, &str)],
) -> Vec<JoinHandle<Got>> {
    let mut clients = Vec::new();
    for _ in 0..count {
        let site = site.clone();
        clients.push(tokio::spawn(async move { site.get_with("/", headers).await }));
    }
    settle().await;
    clients
}

/// The other tasks run until they wait: all are on this thread, so turns are enough.
pub(crate) async fn settle() {
    for _ in 0..200 {
        yield_now().await;
    }
}
