//! The floor table of one folder, read from a fenced block.

use super::fault::{Fault, PAGE};

/// Which file stands on which floor.
#[derive(Debug, Default)]
pub(super) struct Table {
    rows: Vec<Row>,
}

#[derive(Debug)]
struct Row {
    line: usize,
    floor: u32,
    name: String,
}

/// Where a file stands: its floor, and the name (its own or its folder's) that put it there.
#[derive(Debug, PartialEq, Eq, Clone, Copy)]
pub(super) struct Place<'t> {
    pub(super) floor: u32,
    pub(super) room: &'t str,
}

impl Table {
    /// The block for a folder, if the page has one, and what is wrong with its lines.
    pub(super) fn find(page: &str, folder: &str) -> (Option<Self>, Vec<Fault>) {
        let opening = format!("```floors {folder}");
        let mut lines = page.lines().enumerate().skip_while(|(_, line)| line.trim() != opening);
        if lines.next().is_none() {
            return (None, Vec::new());
        }
        let mut table = Self::default();
        let mut faults = Vec::new();
        for (index, line) in lines.take_while(|(_, line)| line.trim() != "```") {
            if let Err(what) = table.add(index + 1, line) {
                faults.push(Fault::at(PAGE, index + 1, what));
            }
        }
        (Some(table), faults)
    }

    /// Where a file (named from the table's folder) stands; its own name goes before its folder's.
    pub(super) fn place(&self, file: &str) -> Option<Place<'_>> {
        let covering = self.rows.iter().filter(|row| covers(&row.name, file));
        let row = covering.max_by_key(|row| (row.name == file, row.name.len()))?;
        Some(Place { floor: row.floor, room: &row.name })
    }

    /// Names that no file answers to.
    pub(super) fn unused(&self, files: &[&str]) -> Vec<Fault> {
        let lost = self.rows.iter().filter(|row| !files.iter().any(|file| covers(&row.name, file)));
        lost.map(|row| {
            Fault::at(
                PAGE,
                row.line,
                format!("{} is on floor {} but not in the folder", row.name, row.floor),
            )
        })
        .collect()
    }

    fn add(&mut self, line: usize, text: &str) -> Result<(), String> {
        let mut words = text.split('#').next().unwrap_or_default().split_whitespace();
        let Some(first) = words.next() else {
            return Ok(());
        };
        let floor = first.parse().map_err(|_| {
            format!("{first:?} is no floor: a line is a number, then names of files")
        })?;
        for name in words {
            if let Some(other) = self.rows.iter().find(|row| row.name == name) {
                return Err(format!("{name} already stands on floor {}", other.floor));
            }
            self.rows.push(Row { line, floor, name: name.into() });
        }
        Ok(())
    }
}

/// `engine/` covers `engine/slots.rs` and the module's own file beside the folder, `engine.rs`.
fn covers(name: &str, file: &str) -> bool {
    match name.strip_suffix('/') {
        Some(folder) => {
            file.starts_with(name) || file.rsplit_once('.').is_some_and(|(stem, _)| stem == folder)
        }
        None => name == file,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "\
# Architecture
```floors core/src
2  engine/ lib.rs   # the top
2  engine/deep/ engine/low.rs

1  key.rs clock.rs
```
```floors npm/src
1  key.ts
```
";

    #[test]
    fn the_most_precise_name_decides() {
        let (table, faults) = Table::find(TEXT, "core/src");
        let table = table.expect("the block is there");
        assert!(faults.is_empty(), "{faults:?}");
        assert_eq!(table.place("engine/slots.rs"), Some(Place { floor: 2, room: "engine/" }));
        assert_eq!(table.place("engine/deep/a.rs"), Some(Place { floor: 2, room: "engine/deep/" }));
        assert_eq!(table.place("engine/low.rs"), Some(Place { floor: 2, room: "engine/low.rs" }));
        assert_eq!(table.place("engine.rs"), Some(Place { floor: 2, room: "engine/" }));
        assert_eq!(table.place("clock.rs"), Some(Place { floor: 1, room: "clock.rs" }));
        assert_eq!(table.place("key.ts"), None);
        assert!(Table::find(TEXT, "core").0.is_none());
    }

    #[test]
    fn lost_double_and_unreadable_names_are_faults() {
        let (table, faults) = Table::find("```floors a\n1  x.rs x.rs\ntwo  y.rs\n```", "a");
        let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
        assert_eq!(
            faults,
            [
                "ARCHITECTURE.md:2: x.rs already stands on floor 1",
                "ARCHITECTURE.md:3: \"two\" is no floor: a line is a number, then names of files"
            ]
        );
        let unused = table.expect("the block is there").unused(&["y.rs"]);
        assert_eq!(
            unused[0].to_string(),
            "ARCHITECTURE.md:2: x.rs is on floor 1 but not in the folder"
        );
    }
}
