//! The book is whole: every page is in its summary, and no link leads nowhere.

mod links;
mod page;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use links::{faults, joined, pages};
use page::Page;

fn root() -> PathBuf {
    joined(Path::new(env!("CARGO_MANIFEST_DIR")), "../..")
}

#[test]
fn every_page_of_the_book_is_in_its_summary_once_and_no_other_page_is() {
    let docs = root().join("docs");
    let summary = docs.join("SUMMARY.md");
    let pages = pages(&docs);
    let named: Vec<PathBuf> =
        pages[&summary].links.iter().map(|(_, target)| joined(&docs, target)).collect();
    let once: BTreeSet<&PathBuf> = named.iter().collect();
    assert_eq!(once.len(), named.len(), "a page is named twice: {named:#?}");
    let there: BTreeSet<&PathBuf> = pages.keys().filter(|path| **path != summary).collect();
    assert_eq!(once, there);
    assert!(there.len() > 20, "{there:?}");
}

#[test]
fn no_link_of_the_project_leads_nowhere() {
    let pages = pages(&root());
    let links: usize = pages.values().map(|page| page.links.len()).sum();
    assert!(pages.len() > 30 && links > 100, "{} pages, {links} links", pages.len());
    assert_eq!(faults(&pages, None), Vec::<String>::new());
}

#[test]
fn no_link_of_the_book_leads_to_a_file_that_the_book_does_not_have() {
    let docs = root().join("docs");
    assert_eq!(faults(&pages(&docs), Some(&docs)), Vec::<String>::new());
}

#[test]
fn every_page_of_the_guide_with_a_block_of_rust_is_run_by_the_tests() {
    let run = concat!(include_str!("../../src/lib.rs"), include_str!("../tutorial.rs"));
    let (mut with, mut missing) = (0, Vec::new());
    for (path, page) in pages(&root().join("docs/guide")) {
        let is_rust = |language: &String| language.is_empty() || language.starts_with("rust");
        if page.blocks.iter().any(is_rust) {
            with += 1;
            let name = path.strip_prefix(root()).unwrap().to_str().unwrap().to_string();
            missing.extend(Some(name).filter(|name| !run.contains(&format!("{name}\""))));
        }
    }
    assert!(with > 12, "{with} pages with blocks");
    assert_eq!(missing, Vec::<String>::new());
}

#[test]
fn every_source_of_the_comparison_is_of_the_version_that_its_table_names() {
    let text = fs::read_to_string(root().join("docs/guide/comparison.md")).unwrap();
    let mut sources = 0;
    for (line, target) in Page::read(&text).links {
        let Some(path) = target.strip_prefix("https://docs.rs/") else { continue };
        let mut parts = path.trim_start_matches("crate/").split('/');
        let (name, version) = (parts.next().unwrap(), parts.next().unwrap_or_default());
        let head = format!("[{name} {version}](https://docs.rs/{name}/{version}/");
        assert!(text.contains(&head), "line {line}: {target}");
        sources += 1;
    }
    assert!(sources > 40, "{sources}");
}

#[test]
fn links_to_nothing_are_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let book = folder.path().join("book");
    fs::create_dir(&book).unwrap();
    fs::write(folder.path().join("outside.md"), "# Away\n").unwrap();
    fs::write(book.join("there.md"), "# One `two`, three\n\n# Again\n\n## Again\n").unwrap();
    let text = "[a](there.md#one-two-three) [b](there.md#again-1) [c](https://a.example/x#y)\n\
        [d](gone.md) [e](there.md#four)\n[f](../outside.md#away) `[g](none.md)` [h](#here)\n\
        ```text\n[i](none.md)\n# no heading\n```\n[j](#no-heading) [k](http://a.example)\n## Here\n";
    fs::write(book.join("page.md"), text).unwrap();
    let told: Vec<String> = faults(&pages(&book), Some(&book))
        .iter()
        .map(|fault| fault.rsplit_once("page.md:").unwrap().1.to_string())
        .collect();
    assert_eq!(
        told,
        [
            "2: gone.md is not there",
            "2: there.md#four has no such heading",
            "3: ../outside.md#away leaves the book",
            "8: #no-heading has no such heading",
            "8: http://a.example is no https",
        ]
    );
    assert_eq!(Page::read(text).blocks, ["text"]);
}
