//! The spans of a trace, as a tree of text.

use std::fmt::Write;

use crate::span::Span;

/// A line for each span, below the one that it is part of, with what it took. Spans of others count as none.
pub fn tree(spans: &[Span]) -> String {
    let is_here = |id: &str| spans.iter().any(|span| span.id == id);
    let mut text = String::new();
    for first in in_order(spans, |span| !is_here(&span.parent)) {
        write_below(&mut text, spans, first, 0);
    }
    text
}

fn write_below(text: &mut String, spans: &[Span], span: &Span, depth: usize) {
    let name = format!("{:indent$}{}", "", span.name, indent = 2 * depth);
    let _ = writeln!(text, "{name:<NAMES$}{:>10.3} ms", span.time().as_secs_f64() * 1000.0);
    for below in in_order(spans, |below| below.parent == span.id) {
        write_below(text, spans, below, depth + 1);
    }
}

fn in_order(spans: &[Span], which: impl Fn(&Span) -> bool) -> Vec<&Span> {
    let mut found: Vec<&Span> = spans.iter().filter(|span| which(span)).collect();
    found.sort_by_key(|span| span.start);
    found
}

const NAMES: usize = 40;

#[cfg(test)]
mod tests {
    use super::*;

    fn span(id: &str, parent: &str, start: u64, took: u64) -> Span {
        let name = format!("span {id}");
        let (start, end) = (start * 1_000_000, (start + took) * 1_000_000);
        Span { id: id.into(), parent: parent.into(), name, start, end, ..Span::default() }
    }

    #[test]
    fn spans_stand_below_the_one_that_they_are_part_of_in_the_order_of_their_beginnings() {
        let spans = [
            span("c", "a", 3, 1),
            span("a", "caller", 0, 5),
            span("d", "b", 2, 0),
            span("b", "a", 1, 2),
        ];
        let text = tree(&spans);
        let names: Vec<&str> = text.lines().map(|line| line[..12].trim_end()).collect();
        assert_eq!(names, ["span a", "  span b", "    span d", "  span c"]);
        assert!(text.lines().next().unwrap().ends_with(" 5.000 ms"), "{text}");
        assert!(text.lines().all(|line| line.chars().count() <= 80));
    }
}
