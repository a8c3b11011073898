//! The figures that are promised, and which of them fall short.

use std::fmt::Write;

use serde_json::{Value, json};

use crate::table::Table;

/// A figure that is promised.
pub struct Bar {
    pub id: &'static str,
    pub what: String,
    pub measured: f64,
    pub limit: Limit,
}

#[derive(Clone, Copy)]
pub enum Limit {
    AtMost(f64),
    AtLeast(f64),
}

impl Bar {
    pub fn at_most(id: &'static str, what: impl Into<String>, measured: f64, most: f64) -> Self {
        Bar { id, what: what.into(), measured, limit: Limit::AtMost(most) }
    }

    pub fn is_met(&self) -> bool {
        match self.limit {
            Limit::AtMost(limit) => self.measured <= limit,
            Limit::AtLeast(limit) => self.measured >= limit,
        }
    }

    pub fn figures(&self) -> Value {
        json!({
            "id": self.id, "what": self.what, "measured": self.measured, "met": self.is_met(),
            "limit": match self.limit { Limit::AtMost(limit) | Limit::AtLeast(limit) => limit },
            "at_least": matches!(self.limit, Limit::AtLeast(_)),
        })
    }

    fn promised(&self) -> String {
        match self.limit {
            Limit::AtMost(limit) => format!("<= {limit:.2}"),
            Limit::AtLeast(limit) => format!(">= {limit:.2}"),
        }
    }
}

/// All bars as a table.
pub fn table(bars: &[Bar]) -> Table {
    let mut table = Table::new("Bars", ["bar", "measured", "promised", ""]);
    for bar in bars {
        let verdict = if bar.is_met() { "met" } else { "MISSED" };
        let what = format!("{} {}", bar.id, bar.what);
        table.row([what, format!("{:.2}", bar.measured), bar.promised(), verdict.into()]);
    }
    table
}

/// The last words: what falls short, each with its figure.
pub fn verdict(bars: &[Bar]) -> String {
    let missed: Vec<&Bar> = bars.iter().filter(|bar| !bar.is_met()).collect();
    if missed.is_empty() {
        return format!("All {} bars are met.", bars.len());
    }
    let mut text = format!("{} of {} bars fall short:", missed.len(), bars.len());
    for bar in missed {
        let (id, what, promised) = (bar.id, &bar.what, bar.promised());
        let _ = write!(text, "\n  {id} {what}: {:.2}, promised {promised}", bar.measured);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_verdict_names_what_falls_short_with_its_figure() {
        let met = Bar::at_most("P1", "hit", 1.0, 1.0);
        let missed =
            Bar { id: "P6", what: "ratio, %".into(), measured: 37.6, limit: Limit::AtLeast(40.0) };
        assert_eq!(verdict(&[]), "All 0 bars are met.");
        assert_eq!(
            verdict(&[met, missed]),
            "1 of 2 bars fall short:\n  P6 ratio, %: 37.60, promised >= 40.00"
        );
    }
}
