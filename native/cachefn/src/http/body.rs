//! The body of a response: from the cache, or as it comes from the service.

use std::collections::VecDeque;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Buf, Bytes};
use http::HeaderMap;
use http_body::{Body, Frame, SizeHint};

/// The body of a response that went through an [`HttpCacheLayer`](super::HttpCacheLayer).
///
/// ```
/// use cachefn::http::ResponseBody;
/// use http_body::Body;
/// use http_body_util::Empty;
/// let body = ResponseBody::<Empty<bytes::Bytes>>::whole("abc");
/// assert_eq!(body.size_hint().exact(), Some(3));
/// ```
pub struct ResponseBody<B: Body> {
    /// What was read already.
    read: VecDeque<Bytes>,
    trailers: Option<HeaderMap>,
    rest: Rest<B>,
}

enum Rest<B: Body> {
    None,
    Failed(Option<B::Error>),
    // A body may not be moved once it was read.
    Body(Pin<Box<B>>),
}

/// What became of reading a body for the cache.
pub(super) enum Collected<B: Body> {
    /// All of it.
    Whole(Bytes, Option<HeaderMap>),
    /// It is longer than it may be, or failed; this is it all the same.
    Not(ResponseBody<B>),
}

impl<B: Body> ResponseBody<B> {
    /// A body of these bytes.
    pub fn whole(bytes: impl Into<Bytes>) -> Self {
        Self::of(bytes.into(), None)
    }

    pub(super) fn of(bytes: Bytes, trailers: Option<HeaderMap>) -> Self {
        let read = if bytes.is_empty() { VecDeque::new() } else { VecDeque::from([bytes]) };
        ResponseBody { read, trailers, rest: Rest::None }
    }

    pub(super) fn passed(body: B) -> Self {
        Self { read: VecDeque::new(), trailers: None, rest: Rest::Body(Box::pin(body)) }
    }

    /// Reads a body up to a number of bytes.
    pub(super) async fn collect(body: B, most: usize) -> Collected<B> {
        let mut body = Box::pin(body);
        let (mut read, mut length, mut trailers) = (VecDeque::new(), 0usize, None);
        loop {
            match std::future::poll_fn(|cx| body.as_mut().poll_frame(cx)).await {
                None => break,
                Some(Err(error)) => {
                    let rest = Rest::Failed(Some(error));
                    return Collected::Not(ResponseBody { read, trailers, rest });
                }
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) => {
                        let data = bytes(data);
                        length += data.len();
                        read.push_back(data);
                    }
                    Err(frame) => trailers = frame.into_trailers().ok().or(trailers),
                },
            }
            if length > most {
                let rest = Rest::Body(body);
                return Collected::Not(ResponseBody { read, trailers, rest });
            }
        }
        let whole = match read.len() {
            1 => read.pop_front().unwrap_or_default(),
            _ => {
                let mut whole = Vec::with_capacity(length);
                read.iter().for_each(|part| whole.extend_from_slice(part));
                Bytes::from(whole)
            }
        };
        Collected::Whole(whole, trailers)
    }
}

impl<B: Body> Body for ResponseBody<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        let this = self.get_mut();
        if let Some(data) = this.read.pop_front() {
            return Poll::Ready(Some(Ok(Frame::data(data))));
        }
        if let Some(trailers) = this.trailers.take() {
            return Poll::Ready(Some(Ok(Frame::trailers(trailers))));
        }
        match &mut this.rest {
            Rest::None => Poll::Ready(None),
            Rest::Failed(error) => Poll::Ready(error.take().map(Err)),
            Rest::Body(body) => body
                .as_mut()
                .poll_frame(cx)
                .map(|frame| frame.map(|frame| frame.map(|frame| frame.map_data(bytes)))),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.read.is_empty()
            && self.trailers.is_none()
            && match &self.rest {
                Rest::None => true,
                Rest::Failed(error) => error.is_none(),
                Rest::Body(body) => body.is_end_stream(),
            }
    }

    fn size_hint(&self) -> SizeHint {
        let read: u64 = self.read.iter().map(|part| part.len() as u64).sum();
        let mut hint = SizeHint::with_exact(read);
        match &self.rest {
            Rest::None => {}
            Rest::Failed(_) => hint = at_least(read),
            Rest::Body(body) => {
                let rest = body.size_hint();
                hint = at_least(read.saturating_add(rest.lower()));
                if let Some(upper) = rest.upper() {
                    hint.set_upper(read.saturating_add(upper));
                }
            }
        }
        hint
    }
}

impl<B: Body> fmt::Debug for ResponseBody<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseBody").field("parts", &self.read.len()).finish_non_exhaustive()
    }
}

// It never pins what is in it, but for what lies in a box.
impl<B: Body> Unpin for ResponseBody<B> {}

fn at_least(bytes: u64) -> SizeHint {
    let mut hint = SizeHint::new();
    hint.set_lower(bytes);
    hint
}

fn bytes(mut data: impl Buf) -> Bytes {
    data.copy_to_bytes(data.remaining())
}
