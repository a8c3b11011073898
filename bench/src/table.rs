//! Tables of text.

use std::fmt;

/// Rows of text under a head, with the columns aligned.
pub struct Table {
    title: String,
    rows: Vec<Vec<String>>,
}

impl Table {
    pub fn new(
        title: impl Into<String>,
        head: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        let head = head.into_iter().map(Into::into).collect();
        Table { title: title.into(), rows: vec![head] }
    }

    pub fn row(&mut self, row: impl IntoIterator<Item = impl Into<String>>) {
        self.rows.push(row.into_iter().map(Into::into).collect());
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let mut table = Table::new("title", ["name", "figure"]);
        table.row(["a long name", "1"]);
        assert_eq!(table.to_string(), "title\n  name         figure\n  a long name       1\n");
    }
}
