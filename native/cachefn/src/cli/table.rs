//! Tables for people: as wide as they need, and never wider than the terminal.

use console::{Style, measure_text_width, pad_str, truncate_str};

/// Where the text of a column stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Column {
    /// At the left; it gives way when there is no room, and only it.
    Text(&'static str),
    /// At the right.
    Number(&'static str),
}

#[derive(Debug)]
pub(crate) struct Table {
    columns: Vec<Column>,
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(crate) fn new(columns: impl IntoIterator<Item = Column>) -> Self {
        Table { columns: columns.into_iter().collect(), rows: Vec::new() }
    }

    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// The lines, the names of the columns first.
    pub(crate) fn lines(&self, width: usize, head: &Style) -> Vec<String> {
        let widths = self.widths(width);
        let names = self.columns.iter().map(|column| column.name().to_string());
        let mut lines = vec![head.apply_to(self.line(names, &widths)).to_string()];
        lines.extend(self.rows.iter().map(|row| self.line(row.iter().cloned(), &widths)));
        lines
    }

    fn line(&self, cells: impl Iterator<Item = String>, widths: &[usize]) -> String {
        let mut line = String::new();
        for ((cell, column), width) in cells.zip(&self.columns).zip(widths) {
            if !line.is_empty() {
                line.push_str(GAP);
            }
            let alignment = match column {
                Column::Text(_) => console::Alignment::Left,
                Column::Number(_) => console::Alignment::Right,
            };
            let cell = truncate_str(&cell, *width, "…");
            line.push_str(&pad_str(&cell, *width, alignment, None));
        }
        line.truncate(line.trim_end().len());
        line
    }

    /// What each column gets. The widest texts are cut until the line fits.
    fn widths(&self, width: usize) -> Vec<usize> {
        let mut widths: Vec<usize> =
            self.columns.iter().map(|column| column.name().chars().count()).collect();
        for row in &self.rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(measure_text_width(cell));
            }
        }
        let gaps = GAP.len() * widths.len().saturating_sub(1);
        let mut over = (widths.iter().sum::<usize>() + gaps).saturating_sub(width);
        while over > 0 {
            let texts =
                self.columns.iter().zip(&mut widths).filter_map(|(column, width)| {
                    matches!(column, Column::Text(_)).then_some(width)
                });
            match texts.max() {
                Some(widest) if *widest > LEAST => *widest -= 1,
                _ => break,
            }
            over -= 1;
        }
        widths
    }
}

impl Column {
    fn name(self) -> &'static str {
        match self {
            Column::Text(name) | Column::Number(name) => name,
        }
    }
}

const GAP: &str = "  ";
/// Less says nothing.
const LEAST: usize = 6;

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(width: usize) -> Vec<String> {
        let mut table = Table::new([Column::Text("KEY"), Column::Number("SIZE")]);
        table.row(["user:7".to_string(), "12 B".to_string()]);
        table.row(["a rather long key".to_string(), "1.0 kB".to_string()]);
        table.lines(width, &Style::new())
    }

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let expected =
            ["KEY                  SIZE", "user:7               12 B", "a rather long key  1.0 kB"];
        assert_eq!(drawn(80), expected);
    }

    #[test]
    fn texts_give_way_and_numbers_do_not() {
        let expected = ["KEY           SIZE", "user:7        12 B", "a rather …  1.0 kB"];
        assert_eq!(drawn(18), expected);
        assert!(drawn(3).iter().all(|line| line.ends_with('E') || line.ends_with('B')));
    }
}
