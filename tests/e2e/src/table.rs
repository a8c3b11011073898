//! A table of what failed and who noticed, as a run prints it.

use std::fmt;

/// Rows in their order.
///
/// ```
/// use cachefn_e2e::table::{Row, Table};
///
/// let row = Row::new("kill -9").calls("fetched").explicit("unavailable").lost("everything");
/// let table: Table = [row].into_iter().collect();
/// assert!(table.to_string().ends_with("| kill -9 | fetched | unavailable | everything |\n"));
/// ```
#[derive(Debug, Default)]
pub struct Table(Vec<Row>);

/// A fault, what callers saw of it, and what was lost.
#[derive(Debug, Clone, Default)]
pub struct Row {
    fault: String,
    calls: String,
    explicit: String,
    lost: String,
}

impl Row {
    /// The row of a fault.
    #[must_use]
    pub fn new(fault: impl Into<String>) -> Self {
        Row { fault: fault.into(), ..Row::default() }
    }

    /// What cached functions did meanwhile.
    #[must_use]
    pub fn calls(mut self, words: impl Into<String>) -> Self {
        self.calls = words.into();
        self
    }

    /// What explicit operations returned meanwhile.
    #[must_use]
    pub fn explicit(mut self, words: impl Into<String>) -> Self {
        self.explicit = words.into();
        self
    }

    /// What was not there any more after the repair.
    #[must_use]
    pub fn lost(mut self, words: impl Into<String>) -> Self {
        self.lost = words.into();
        self
    }
}

impl FromIterator<Row> for Table {
    fn from_iter<R: IntoIterator<Item = Row>>(rows: R) -> Self {
        Table(rows.into_iter().collect())
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "| {} | {} | {} | {} |", self.fault, self.calls, self.explicit, self.lost)
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| fault | cached calls | explicit operations | missing after the repair |")?;
        writeln!(f, "|---|---|---|---|")?;
        self.0.iter().try_for_each(|row| writeln!(f, "{row}"))
    }
}
