//! One folder against its table: every file has a floor, every import goes down, none goes round.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::fault::{Fault, PAGE};
use super::script_imports::Target;
use super::sources::{is_test, sources};
use super::table::Table;
use super::{cycles, rust_imports, script_imports};

/// The faults of `folder`, which is named from `root`; without a table only circles are.
pub(super) fn check(root: &Path, folder: &str, table: Option<&Table>) -> Result<Vec<Fault>> {
    let files = sources(&root.join(folder), &["rs", "ts", "mts"])?;
    let files: Vec<&str> = files.iter().map(String::as_str).filter(|file| !is_test(file)).collect();
    let mut faults = table.map_or_else(Vec::new, |table| table.unused(&files));
    let mut edges: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for file in &files {
        let path = format!("{folder}/{file}");
        if table.is_some_and(|table| table.place(file).is_none()) {
            faults.push(Fault::in_file(
                &path,
                format!("stands on no floor: give it one in {}", PAGE),
            ));
        }
        let source =
            fs::read_to_string(root.join(&path)).with_context(|| format!("read {path}"))?;
        for link in links(file, &source, &files) {
            let Ok(target) = link.target else {
                faults.push(Fault::at(&path, link.line, "imports a file that is not there"));
                continue;
            };
            if let Some(what) = table.and_then(|table| upward(table, file, target)) {
                faults.push(Fault::at(&path, link.line, what));
            }
            if target != *file {
                edges.entry(file).or_default().insert(target);
            }
        }
    }
    for cycle in cycles::cycles(&edges) {
        let what = format!("is part of a circle: {} → {}", cycle.join(" → "), cycle[0]);
        faults.push(Fault::in_file(
            format!("{folder}/{}", cycle[0]),
            format!("{what}; a third file is missing below them"),
        ));
    }
    faults.sort();
    faults.dedup();
    Ok(faults)
}

/// A use of one file in another.
struct Link<'f> {
    line: usize,
    target: Result<&'f str, ()>,
}

fn links<'f>(file: &str, source: &str, files: &[&'f str]) -> Vec<Link<'f>> {
    if file.ends_with(".rs") {
        let paths = rust_imports::imports(file, source).into_iter();
        return paths
            .filter_map(|import| {
                Some(Link { line: import.line, target: Ok(module_file(&import.path, files)?) })
            })
            .collect();
    }
    let specifiers = script_imports::imports(source).into_iter();
    specifiers
        .filter_map(|import| match script_imports::resolve(file, &import.specifier, files) {
            Target::File(target) => Some(Link { line: import.line, target: Ok(target) }),
            Target::Missing => Some(Link { line: import.line, target: Err(()) }),
            Target::Outside => None,
        })
        .collect()
}

/// The file of the longest part of the path that is a module; in the end the root, which re-exports.
fn module_file<'f>(path: &[String], files: &[&'f str]) -> Option<&'f str> {
    let module = |length: usize| {
        files.iter().find(|file| rust_imports::module_of(file) == path[..length]).copied()
    };
    (0..=path.len()).rev().find_map(module)
}

fn upward(table: &Table, file: &str, target: &str) -> Option<String> {
    let (here, there) = (table.place(file)?, table.place(target)?);
    (there.floor > here.floor && there.room != here.room).then(|| {
        format!("floor {} imports {target} of floor {}: imports go down", here.floor, there.floor)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder with these files, gone at the end.
    struct Folder(std::path::PathBuf);

    impl Folder {
        fn with(name: &str, files: &[(&str, &str)]) -> Self {
            let root = std::env::temp_dir().join(format!("xtask-{name}-{}", std::process::id()));
            for (file, text) in files {
                let path = root.join("src").join(file);
                fs::create_dir_all(path.parent().expect("below the root"))
                    .expect("a folder for the fixture");
                fs::write(path, text).expect("a file of the fixture");
            }
            Self(root)
        }

        fn faults(&self, table: &str) -> Vec<String> {
            let page = format!("```floors src\n{table}\n```");
            let table = Table::find(&page, "src").0.expect("the block is there");
            check(&self.0, "src", Some(&table))
                .expect("the folder is readable")
                .iter()
                .map(ToString::to_string)
                .collect()
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn imports_down_and_inside_a_room_are_fine() {
        let folder = Folder::with(
            "fine",
            &[
                ("lib.rs", "mod engine; mod key; pub use engine::Engine;"),
                (
                    "engine/mod.rs",
                    "mod slots; use crate::key::Key; pub struct Engine(slots::Slot);",
                ),
                (
                    "engine/slots.rs",
                    "use crate::key::Key; #[cfg(test)] mod tests { use crate::engine::Engine; }",
                ),
                ("key.rs", "#[cfg(test)] use crate::engine;"),
                ("engine/tests.rs", "use crate::lib_things;"),
            ],
        );
        assert_eq!(folder.faults("3 lib.rs\n2 engine/\n1 key.rs"), [""; 0]);
    }

    #[test]
    fn an_import_up_is_named_with_its_line() {
        let folder = Folder::with(
            "up",
            &[
                ("lib.rs", "mod a; mod b;"),
                ("a.rs", "\n\nuse crate::b::B;"),
                ("b.rs", "fn f() -> crate::Error {}"),
            ],
        );
        assert_eq!(
            folder.faults("3 lib.rs\n2 b.rs\n1 a.rs"),
            [
                "src/a.rs:3: floor 1 imports b.rs of floor 2: imports go down",
                "src/b.rs:1: floor 2 imports lib.rs of floor 3: imports go down"
            ]
        );
    }

    #[test]
    fn a_circle_on_one_floor_is_a_fault_and_so_is_a_file_without_one() {
        let folder = Folder::with(
            "circle",
            &[
                ("a.ts", "import { b } from './b.js'"),
                ("b.ts", "import type { C } from './deep/c.js'"),
                (
                    "deep/c.ts",
                    "import '../a.js'; import './gone.js'; import '../../generated/engine.js'",
                ),
                ("d.ts", ""),
            ],
        );
        assert_eq!(
            folder.faults("1 a.ts b.ts deep/ e.ts"),
            [
                "ARCHITECTURE.md:2: e.ts is on floor 1 but not in the folder",
                "src/a.ts: is part of a circle: a.ts → b.ts → deep/c.ts → a.ts; a third file is missing below them",
                "src/d.ts: stands on no floor: give it one in ARCHITECTURE.md",
                "src/deep/c.ts:1: imports a file that is not there"
            ]
        );
    }
}
