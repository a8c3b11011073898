//! What is printed and written: tables, bars and figures.

use std::fmt;

use serde_json::{Value, json};

use crate::measure::Costs;

/// What one measurement hands over.
pub struct Section {
    pub tables: Vec<Table>,
    pub bars: Vec<Bar>,
    /// The figures for programs that draw or compare.
    pub figures: Value,
}

/// Rows of text under a head, with the columns aligned.
pub struct Table {
    title: String,
    rows: Vec<Vec<String>>,
}

impl Table {
    pub fn new(title: impl Into<String>, head: Vec<String>) -> Self {
        Table { title: title.into(), rows: vec![head] }
    }

    pub fn row(&mut self, row: Vec<String>) {
        self.rows.push(row);
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let width = |column: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..columns).map(width).collect();
        writeln!(f, "{}", self.title)?;
        for row in &self.rows {
            let first = format!("  {:<1$}", row[0], widths[0]);
            let rest = row.iter().zip(&widths).skip(1);
            let line = rest.fold(first, |line, (cell, width)| format!("{line}  {cell:>width$}"));
            writeln!(f, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

/// The same caches in several situations, as ratios to one of them.
pub struct Comparison<'a> {
    pub names: &'a [&'a str],
    pub base: &'a str,
    /// Each situation with the costs in the order of the names.
    pub situations: &'a [(String, Vec<Costs>)],
}

impl Comparison<'_> {
    pub fn table(&self, title: &str) -> Table {
        let mut head = vec!["ns an operation".to_string()];
        for (situation, _) in self.situations {
            head.extend([format!("{situation}: cpu"), "wall".into(), "ratio".into()]);
        }
        let mut table = Table::new(format!("{title}; ratio of CPU time to {}", self.base), head);
        for name in self.names {
            let mut row = vec![(*name).to_string()];
            for situation in 0..self.situations.len() {
                let cost = self.costs(situation, name).median();
                row.push(format!("{:.1}", cost.cpu));
                row.push(format!("{:.1}", cost.wall));
                row.push(format!("{:.2}", self.ratio(situation, name)));
            }
            table.row(row);
        }
        table
    }

    /// The CPU time of a cache in one situation, as a ratio to the base.
    pub fn ratio(&self, situation: usize, name: &str) -> f64 {
        self.costs(situation, name).ratio(self.costs(situation, self.base))
    }

    pub fn costs(&self, situation: usize, name: &str) -> &Costs {
        let at = self.names.iter().position(|own| *own == name).expect("the name was measured");
        &self.situations[situation].1[at]
    }

    pub fn figures(&self) -> Value {
        let of = |situation: usize, name: &str| {
            let cost = self.costs(situation, name).median();
            let ratio = self.ratio(situation, name);
            json!({"name": name, "cpu_ns": cost.cpu, "wall_ns": cost.wall, "ratio": ratio})
        };
        let situations = self.situations.iter().enumerate();
        let all = situations.map(|(at, (label, _))| {
            let costs: Value = self.names.iter().map(|name| of(at, name)).collect();
            json!({"situation": label, "costs": costs})
        });
        all.collect()
    }
}

/// A figure that is promised.
pub struct Bar {
    pub id: &'static str,
    pub what: String,
    pub measured: f64,
    pub limit: Limit,
    pub stage: Stage,
}

pub enum Limit {
    AtMost(f64),
    AtLeast(f64),
}

/// When a bar has to be met.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    ThisVersion,
    Goal,
}

impl Bar {
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
            "of_this_version": self.stage == Stage::ThisVersion,
        })
    }
}

/// The bars of one stage as a table; what falls short says so.
pub fn bars_table(title: &str, bars: &[Bar], stage: Stage) -> Table {
    let head = ["bar", "measured", "limit", ""].map(String::from).to_vec();
    let mut table = Table::new(title, head);
    for bar in bars.iter().filter(|bar| bar.stage == stage) {
        let limit = match bar.limit {
            Limit::AtMost(limit) => format!("<= {limit:.2}"),
            Limit::AtLeast(limit) => format!(">= {limit:.2}"),
        };
        let verdict = if bar.is_met() { "met" } else { "MISSED" };
        let what = format!("{} {}", bar.id, bar.what);
        table.row(vec![what, format!("{:.2}", bar.measured), limit, verdict.into()]);
    }
    table
}
