//! What each measurement hands over, and caches compared in several situations.

use serde_json::{Value, json};

use crate::bars::{Bar, Limit};
use crate::measure::Costs;
use crate::table::Table;

/// What one measurement hands over.
pub struct Section {
    pub tables: Vec<Table>,
    pub bars: Vec<Bar>,
    /// The figures for programs that draw or compare.
    pub figures: Value,
    /// Pictures, each with the name of its file.
    pub plots: Vec<(String, String)>,
}

impl Section {
    pub fn new(figures: Value) -> Self {
        Section { tables: Vec::new(), bars: Vec::new(), figures, plots: Vec::new() }
    }
}

/// The same caches in several situations, as ratios to one of them.
pub struct Comparison<'a> {
    pub names: &'a [String],
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
            let mut row = vec![name.clone()];
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

    /// The ratio of a cache to the base as the bar of each situation.
    pub fn bars(&self, id: &'static str, what: &str, name: &str, most: f64) -> Vec<Bar> {
        let situations = self.situations.iter().enumerate();
        let bar = |(at, (label, _)): (usize, &(String, _))| {
            let what = format!("{what}, {label}, x {}", self.base);
            Bar { id, what, measured: self.ratio(at, name), limit: Limit::AtMost(most) }
        };
        situations.map(bar).collect()
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
