//! The span of one load: from the miss in memory until the value is there, whatever is asked for it meanwhile.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use cachefn_core::{LoadEnd, LoadRole, LoadSpan, TracedLoad, Tracer};
use tracing::{Span, field};

/// Makes a span of each load of a cache: `fetch users`, below the span of the caller who misses the value. What the
/// storage does for it (see [`Measured`](super::Measured)) and the spans of the fetcher are its children. A value
/// that memory has makes none. `Registry` gives one to each of its services where `metrics = true`.
///
/// | attribute | tells |
/// |---|---|
/// | `cachefn.service` | the name that is given here |
/// | `cachefn.cache` | the name of the cache: of a function's entries `{cache}/{id}` |
/// | `cachefn.flight` | `leader` who has the value made, `follower` who waits for another's load |
/// | `cachefn.result` | `hit` in the storage, `fetched`, `shared` by the leader, `stale`, `failed`, `cancelled`, `panicked` |
/// | `error.type` | `_OTHER` when the fetcher failed, `panic` |
/// | `cachefn.key` | the key, after [`showing_names`](Self::showing_names) alone |
///
/// A load that nobody waits for is no part of a caller's trace, which it would outlast: `refresh users` is a root with
/// a link to the span that set it off. Should a caller leave a load that goes on (`soft_timeout`, or a dropped call of
/// `get_or_fetch_shared`), then its span ends there, and what is left of the load is a root with a link to it.
///
/// The target is `cachefn::load`, the level `INFO`.
///
/// ```
/// use cachefn::Cache;
/// use cachefn::telemetry::LoadSpans;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), cachefn::Error> {
/// let users = Cache::<u64, String>::builder("users").tracer(LoadSpans::new("users")).build()?;
/// assert_eq!(users.get_or_fetch(&7, async || "Ada".to_string()).await, "Ada");
/// # Ok(()) }
/// ```
#[derive(Debug, Clone)]
pub struct LoadSpans {
    service: Arc<str>,
    shows_names: bool,
}

impl LoadSpans {
    /// Spans under the name of a service.
    pub fn new(service: impl Into<Arc<str>>) -> Self {
        LoadSpans { service: service.into(), shows_names: false }
    }

    /// Shows the keys, which may be personal.
    #[must_use]
    pub fn showing_names(mut self) -> Self {
        self.shows_names = true;
        self
    }
}

impl Tracer for LoadSpans {
    fn begin(&self, load: &TracedLoad<'_>) -> Option<Arc<dyn LoadSpan>> {
        let about = About {
            service: self.service.clone(),
            cache: load.cache.into(),
            operation: load.operation,
            flight: if load.role == LoadRole::Follower { "follower" } else { "leader" },
            key: None,
        };
        let span = match load.role {
            LoadRole::Background => about.root(&Span::current()),
            _ => about.child(),
        };
        if span.is_disabled() {
            return None;
        }
        let about = About { key: self.shows_names.then(|| load.key.to_string()), ..about };
        about.shows_key(&span);
        let waits = load.role == LoadRole::Leader;
        Some(Arc::new(Loading { about, state: Mutex::new(State { span: Some(span), waits }) }))
    }
}

/// What is said of a load at its beginning.
struct About {
    service: Arc<str>,
    cache: Box<str>,
    operation: &'static str,
    flight: &'static str,
    key: Option<String>,
}

macro_rules! load_span {
    ($about:expr, $($parent:tt)*) => {
        tracing::info_span!(
            target: "cachefn::load",
            $($parent)*
            "load",
            otel.name = format!("{} {}", $about.operation, $about.service),
            otel.kind = "internal",
            otel.status_code = field::Empty,
            error.type = field::Empty,
            cachefn.service = &*$about.service,
            cachefn.cache = &*$about.cache,
            cachefn.flight = $about.flight,
            cachefn.result = field::Empty,
            cachefn.key = field::Empty,
        )
    };
}

impl About {
    fn child(&self) -> Span {
        load_span!(self,)
    }

    /// Of a trace of its own, for what nobody waits for.
    fn root(&self, cause: &Span) -> Span {
        let span = load_span!(self, parent: None,);
        span.follows_from(cause);
        span
    }

    fn shows_key(&self, span: &Span) {
        if let Some(key) = &self.key {
            span.record("cachefn.key", &**key);
        }
    }
}

/// A load under way.
struct Loading {
    about: About,
    state: Mutex<State>,
}

struct State {
    /// None once it has ended.
    span: Option<Span>,
    /// A caller waits whose span is the parent.
    waits: bool,
}

impl Loading {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl LoadSpan for Loading {
    fn within(&self, poll: &mut dyn FnMut()) {
        let span = self.state().span.clone();
        span.unwrap_or_else(Span::none).in_scope(poll);
    }

    fn leave(&self, end: LoadEnd) {
        let mut state = self.state();
        let (Some(span), true) = (state.span.clone(), state.waits) else { return };
        state.waits = false;
        drop(state);
        let rest = self.about.root(&span);
        self.about.shows_key(&rest);
        let left = {
            let mut state = self.state();
            match &mut state.span {
                Some(span) => std::mem::replace(span, rest),
                None => return,
            }
        };
        ends(&left, end);
    }

    fn end(&self, end: LoadEnd) {
        let span = self.state().span.take();
        if let Some(span) = span {
            ends(&span, end);
        }
    }
}

fn ends(span: &Span, end: LoadEnd) {
    span.record("cachefn.result", end.as_str());
    let error = match end {
        LoadEnd::Failed => Some("_OTHER"),
        LoadEnd::Panicked => Some("panic"),
        _ => None,
    };
    if let Some(error) = error {
        span.record("error.type", error).record("otel.status_code", "ERROR");
    }
    // Its end is when it was left for the last time, though spans below it may be open still.
    span.in_scope(|| ());
}
