//! Which headers of a request select a response.

use http::header::{ACCEPT, ACCEPT_ENCODING, ACCEPT_LANGUAGE, HeaderMap, HeaderName, VARY};

use super::headers::members;
use super::key::write_escaped;

/// What a response says about that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Vary {
    /// By these, in order, each once; by none if it is empty.
    By(Vec<HeaderName>),
    /// By what no cache can see.
    Anything,
}

impl Vary {
    pub(super) fn of(response: &HeaderMap) -> Self {
        let mut names = Vec::new();
        for value in response.get_all(VARY) {
            if value.to_str().is_err() {
                return Vary::Anything;
            }
        }
        for member in members(response, &VARY) {
            match HeaderName::from_bytes(member.as_bytes()) {
                Ok(name) if member != "*" => names.push(name),
                _ => return Vary::Anything,
            }
        }
        names.sort_by(|a, b| a.as_str().cmp(b.as_str()));
        names.dedup();
        Vary::By(names)
    }
}

/// A header that selects, with what the request said: nothing is a choice, too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Selecting {
    pub(super) name: HeaderName,
    pub(super) value: Option<String>,
}

/// What a request says to each of the headers.
pub(super) fn selecting(names: &[HeaderName], request: &HeaderMap) -> Vec<Selecting> {
    let choose = |name: &HeaderName| Selecting { name: name.clone(), value: value(name, request) };
    names.iter().map(choose).collect()
}

/// How many bytes remember a choice.
pub(super) fn length(chosen: &[Selecting]) -> usize {
    let value = |one: &Selecting| one.value.as_ref().map_or(0, String::len);
    chosen.iter().map(|one| one.name.as_str().len() + value(one)).sum()
}

/// Whether a request says the same.
pub(super) fn matches(chosen: &[Selecting], request: &HeaderMap) -> bool {
    chosen.iter().all(|chosen| value(&chosen.name, request) == chosen.value)
}

/// The lines of the header as one. Blanks around commas count only where the header may not be a list.
fn value(name: &HeaderName, request: &HeaderMap) -> Option<String> {
    let lines = request.get_all(name);
    lines.iter().next()?;
    let mut text = String::new();
    for (count, line) in lines.iter().enumerate() {
        if count > 0 {
            text.push(',');
        }
        write_escaped(line.as_bytes(), &mut text);
    }
    if [ACCEPT, ACCEPT_ENCODING, ACCEPT_LANGUAGE].contains(name) {
        let parts: Vec<&str> = text.split(',').map(str::trim).collect();
        text = parts.join(",");
    }
    Some(text)
}
