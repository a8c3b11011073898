//! Pages of a folder, and links among them that lead nowhere.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Component, Path, PathBuf};

use crate::page::Page;

/// All pages beneath a folder, by their paths.
pub(crate) fn pages(folder: &Path) -> BTreeMap<PathBuf, Page> {
    let mut found = BTreeMap::new();
    gather(folder, &mut found);
    found
}

fn gather(folder: &Path, found: &mut BTreeMap<PathBuf, Page>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        let is_made = ["node_modules", "target", "dist", "generated", "results"].contains(&name);
        if path.is_symlink() || name.starts_with('.') || is_made {
            continue;
        }
        if path.is_dir() {
            gather(&path, found);
        } else if name.ends_with(".md") {
            let page = Page::read(&fs::read_to_string(&path).unwrap());
            found.insert(path, page);
        }
    }
}

/// Links that lead to no file, to no heading, or from `within` to a file outside.
pub(crate) fn faults(pages: &BTreeMap<PathBuf, Page>, within: Option<&Path>) -> Vec<String> {
    let mut faults = Vec::new();
    for (path, page) in pages {
        for (line, target) in &page.links {
            if let Some(why) = fault(pages, path, target, within) {
                faults.push(format!("{}:{line}: {target} {why}", path.display()));
            }
        }
    }
    faults
}

fn fault(
    pages: &BTreeMap<PathBuf, Page>,
    from: &Path,
    target: &str,
    within: Option<&Path>,
) -> Option<&'static str> {
    if target.starts_with("https://") {
        return None;
    }
    if target.contains("://") {
        return Some("is no https");
    }
    let (file, anchor) = target.split_once('#').map_or((target, None), |(a, b)| (a, Some(b)));
    let path = match file {
        "" => from.to_path_buf(),
        file => joined(from.parent().unwrap(), file),
    };
    if !path.exists() {
        return Some("is not there");
    }
    if within.is_some_and(|folder| !path.starts_with(folder)) {
        return Some("leaves the book");
    }
    let anchor = anchor?;
    match pages.get(&path) {
        Some(page) if page.anchors.iter().any(|own| own == anchor) => None,
        _ => Some("has no such heading"),
    }
}

/// Without `..` in it, so that it is one of the pages.
pub(crate) fn joined(folder: &Path, file: &str) -> PathBuf {
    let mut path = folder.to_path_buf();
    for part in Path::new(file).components() {
        match part {
            Component::ParentDir => drop(path.pop()),
            Component::Normal(name) => path.push(name),
            _ => {}
        }
    }
    path
}
