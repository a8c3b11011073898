//! Spans, read from what Rotel prints of them.

use std::collections::BTreeMap;
use std::time::Duration;

/// One span, as a collector has received it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Span {
    /// In hexadecimal digits, as the identities below.
    pub trace: String,
    pub id: String,
    /// Empty for the first of a trace.
    pub parent: String,
    pub name: String,
    /// What sent it: `service.name`.
    pub service: String,
    /// Nanoseconds since 1970.
    pub start: u64,
    pub end: u64,
    /// As text.
    pub attributes: BTreeMap<String, String>,
}

impl Span {
    /// How long it lasted.
    pub fn time(&self) -> Duration {
        Duration::from_nanos(self.end.saturating_sub(self.start))
    }

    /// What an attribute says; nothing if there is none.
    pub fn attribute(&self, name: &str) -> &str {
        self.attributes.get(name).map_or("", String::as_str)
    }
}

/// All spans of a text, in the order in which they were received. What is still being written may lack its end.
pub(crate) fn spans(printed: &str) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    let (mut service, mut is_in_span) = (String::new(), false);
    for line in printed.lines() {
        let line = line.trim();
        if line.starts_with("ResourceSpans #") {
            (service, is_in_span) = (String::new(), false);
        } else if line.starts_with("ScopeSpans #") {
            is_in_span = false;
        } else if line.starts_with("Span #") {
            spans.push(Span { service: service.clone(), ..Span::default() });
            is_in_span = true;
        } else if let Some((name, value)) = attribute(line) {
            match spans.last_mut().filter(|_| is_in_span) {
                Some(span) => drop(span.attributes.insert(name, value)),
                None if name == "service.name" => service = value,
                None => {}
            }
        } else if let (Some(span), Some((field, value))) = (spans.last_mut(), line.split_once(':'))
        {
            let value = value.trim();
            match field.trim() {
                "Trace ID" => span.trace = value.into(),
                "Parent ID" => span.parent = value.into(),
                "ID" => span.id = value.into(),
                "Name" => span.name = value.into(),
                "Start time" => span.start = value.parse().unwrap_or_default(),
                "End time" => span.end = value.parse().unwrap_or_default(),
                _ => {}
            }
        }
    }
    spans
}

/// A line `-> name: Kind(value)`.
fn attribute(line: &str) -> Option<(String, String)> {
    let (name, value) = line.strip_prefix("-> ")?.split_once(": ")?;
    let value = value.split_once('(').map_or(value, |(_, value)| value);
    Some((name.into(), value.strip_suffix(')').unwrap_or(value).into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRINTED: &str = "\
2026 INFO Starting Rotel. grpc_endpoint=\"127.0.0.1:4317\"
ResourceSpans #0
Resource attributes:
     -> service.name: Str(shop)
ScopeSpans #0
InstrumentationScope cachefn
Span #0
    Trace ID       : 5b8efff798038103d269b633813fc60c
    Parent ID      :
    ID             : eee19b7ec3c1b174
    Name           : GET /products/{id}
    Kind           : SPAN_KIND_SERVER
Start time: 1500000
End time: 4000000
    Status code    : STATUS_CODE_UNSET
Attributes:
     -> url.path: Str(/a(b): c)
     -> http.response.status_code: Int(200)
Span #1
    Trace ID       : 5b8efff798038103d269b633813fc60c
    Parent ID      : eee19b7ec3c1b174
    ID             : 1
    Na";

    #[test]
    fn spans_are_read_with_their_times_and_attributes_and_half_ones_as_far_as_they_are_there() {
        let [whole, half] = &spans(PRINTED)[..] else { panic!("two spans") };
        assert_eq!(
            (&*whole.name, &*whole.parent, &*whole.service),
            ("GET /products/{id}", "", "shop")
        );
        assert_eq!(whole.time(), Duration::from_micros(2_500));
        assert_eq!(whole.attribute("url.path"), "/a(b): c");
        assert_eq!(whole.attribute("http.response.status_code"), "200");
        assert_eq!(whole.attribute("no.such"), "");
        assert_eq!((&*half.parent, &*half.name), ("eee19b7ec3c1b174", ""));
    }
}
