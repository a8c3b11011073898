//! A response as it is kept, and what it says about its life, read once.

use std::time::{Duration, UNIX_EPOCH};

use bytes::Bytes;
use http::StatusCode;
use http::header::{
    AGE, CONTENT_LENGTH, DATE, EXPIRES, HeaderMap, HeaderName, HeaderValue, LAST_MODIFIED,
};

use super::directives::{ResponseDirectives, seconds};

/// A whole response and its times.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Stored {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    /// What it is invalidated by, beside its target.
    pub(super) tags: Vec<Box<str>>,
    /// When the request for it was sent, and its answer came: milliseconds since 1970.
    pub(super) times: Times,
    pub(super) says: ResponseDirectives,
    /// How old it was when it came, in seconds.
    pub(super) initial_age: u64,
    /// How long it is fresh, in seconds of its age.
    pub(super) lifetime: u64,
}

/// Milliseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Times {
    pub(super) asked: u64,
    pub(super) answered: u64,
}

/// What part of its age a response without an explicit lifetime is fresh for, and for how long at most.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Heuristic {
    pub(super) fraction: f64,
    pub(super) most: Duration,
}

impl Stored {
    /// Reads what the headers say; adds the date that the origin left out.
    pub(super) fn new(
        status: StatusCode,
        mut headers: HeaderMap,
        body: Bytes,
        tags: Vec<Box<str>>,
        times: Times,
        heuristic: Option<Heuristic>,
    ) -> Self {
        if date(&headers, &DATE).is_none() {
            headers.insert(DATE, http_date(times.answered));
        }
        let says = ResponseDirectives::read(&headers);
        let initial_age = initial_age(&headers, times);
        let lifetime = lifetime(status, &headers, &says, times, heuristic);
        Stored { status, headers, body, tags, times, says, initial_age, lifetime }
    }

    /// How old it is now, in seconds. A wall clock that went back makes it no younger than it came.
    pub(super) fn age(&self, now: u64) -> u64 {
        self.initial_age.saturating_add(now.saturating_sub(self.times.answered) / 1_000)
    }

    /// When the origin made it, in milliseconds since 1970.
    pub(super) fn date(&self) -> u64 {
        date(&self.headers, &DATE).unwrap_or(self.times.answered)
    }

    /// What it weighs.
    pub(super) fn weight(&self) -> usize {
        self.body.len() + super::headers::size(&self.headers)
    }

    /// Says how long the body is, as the connection that it came over may not have.
    pub(super) fn with_length(mut self) -> Self {
        if !self.status.is_informational() && self.status != StatusCode::NO_CONTENT {
            self.headers.insert(CONTENT_LENGTH, HeaderValue::from(self.body.len()));
        }
        self
    }
}

/// A date of a header in milliseconds since 1970; nothing if it is no date. The first of several.
pub(super) fn date(headers: &HeaderMap, name: &HeaderName) -> Option<u64> {
    read_date(headers.get(name)?)
}

/// A date in milliseconds since 1970; its letters count in any case.
pub(super) fn read_date(value: &HeaderValue) -> Option<u64> {
    let text = value.to_str().ok()?;
    let time = httpdate::parse_http_date(text);
    let time = time.or_else(|_| httpdate::parse_http_date(&in_usual_case(text))).ok()?;
    u64::try_from(time.duration_since(UNIX_EPOCH).ok()?.as_millis()).ok()
}

/// `sun, 06 NOV 1994 08:49:37 gmt` as it is usually written.
fn in_usual_case(text: &str) -> String {
    let mut within_a_word = false;
    let mut sign = |sign: char| match std::mem::replace(&mut within_a_word, sign.is_alphabetic()) {
        true => sign.to_ascii_lowercase(),
        false => sign.to_ascii_uppercase(),
    };
    let usual: String = text.chars().map(&mut sign).collect();
    match usual.strip_suffix("Gmt") {
        Some(time) => format!("{time}GMT"),
        None => usual,
    }
}

/// A date as headers have it.
pub(super) fn http_date(ms: u64) -> HeaderValue {
    // What no header can say is said as the last date that one can.
    let ms = ms.min(253_402_300_799_000);
    let text = httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_millis(ms));
    HeaderValue::from_str(&text).expect("a date has digits, letters and blanks")
}

fn initial_age(headers: &HeaderMap, times: Times) -> u64 {
    let apparent = match date(headers, &DATE) {
        Some(date) => times.answered.saturating_sub(date) / 1_000,
        None => 0,
    };
    let said = headers.get(AGE).and_then(|age| age.to_str().ok());
    let said = said.and_then(|age| age.split(',').next());
    let delay = times.answered.saturating_sub(times.asked).div_ceil(1_000);
    apparent.max(seconds(said).unwrap_or(0).saturating_add(delay))
}

fn lifetime(
    status: StatusCode,
    headers: &HeaderMap,
    says: &ResponseDirectives,
    times: Times,
    heuristic: Option<Heuristic>,
) -> u64 {
    if let Some(seconds) = says.s_maxage.or(says.max_age) {
        return seconds;
    }
    let made = date(headers, &DATE).unwrap_or(times.answered);
    if headers.contains_key(EXPIRES) {
        // One that is no date has passed; of several the earliest counts.
        let mut all = headers.get_all(EXPIRES).iter();
        let ends = all.by_ref().map(read_date);
        let ends = ends.min().flatten().unwrap_or(0);
        return ends.saturating_sub(made) / 1_000;
    }
    let Some(heuristic) = heuristic else { return 0 };
    if !is_heuristic(status) && !says.public {
        return 0;
    }
    let Some(modified) = date(headers, &LAST_MODIFIED) else { return 0 };
    let unchanged = made.saturating_sub(modified) as f64 / 1_000.0;
    ((unchanged * heuristic.fraction) as u64).min(heuristic.most.as_secs())
}

/// Whether a response of this status may be kept although nothing says for how long.
pub(super) fn is_heuristic(status: StatusCode) -> bool {
    matches!(status.as_u16(), 200 | 203 | 204 | 300 | 301 | 308 | 404 | 405 | 410 | 414 | 501)
}
