//! Which modules of its own crate a Rust file names, in `use` and in code.

use super::rust_tokens;
use super::tokens::{Kind, Token, is_at};

/// A path into the own crate: `["engine", "slots", "Slot"]`.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Import {
    pub(super) line: usize,
    pub(super) path: Vec<String>,
}

/// The module that a file is: `engine/slots.rs` is `["engine", "slots"]`, `lib.rs` is `[]`.
pub(super) fn module_of(file: &str) -> Vec<String> {
    let stem = file.strip_suffix(".rs").unwrap_or(file);
    let mut path: Vec<String> = stem.split('/').map(String::from).collect();
    let root = path.len() == 1 && (path[0] == "lib" || path[0] == "main");
    if root || path.last().is_some_and(|name| name == "mod") {
        path.pop();
    }
    path
}

/// All paths in a file that start at `crate`, `self`, `super` or one of its child modules.
pub(super) fn imports(file: &str, source: &str) -> Vec<Import> {
    let tokens = rust_tokens::tokens(source);
    let mut reader =
        Reader { tokens: &tokens, file: module_of(file), inner: Vec::new(), found: Vec::new() };
    reader.read();
    reader.found
}

struct Reader<'t> {
    tokens: &'t [Token],
    file: Vec<String>,
    /// Modules written inside this file that are open here, each with the depth of its braces.
    inner: Vec<(String, usize)>,
    found: Vec<Import>,
}

impl Reader<'_> {
    fn read(&mut self) {
        let children = self.children();
        let mut depth = 0;
        let mut index = 0;
        while index < self.tokens.len() {
            match &*self.tokens[index].text {
                "{" => {
                    depth += 1;
                    if index >= 2 && is_at(self.tokens, index - 2, "mod") {
                        self.inner.push((self.tokens[index - 1].text.clone(), depth));
                    }
                }
                "}" => {
                    self.inner.retain(|(_, opened)| *opened < depth);
                    depth = depth.saturating_sub(1);
                }
                _ => {
                    if let Some(start) = self.path_start(index, &children) {
                        index = self.path(index, start);
                        continue;
                    }
                }
            }
            index += 1;
        }
    }

    /// Modules declared here with a file of their own.
    fn children(&self) -> Vec<String> {
        let declared =
            self.tokens.windows(3).filter(|window| window[0].is("mod") && window[2].is(";"));
        declared.map(|window| window[1].text.clone()).collect()
    }

    /// The module in which a path that starts at `index` is looked up, if one does.
    fn path_start(&self, index: usize, children: &[String]) -> Option<Vec<String>> {
        let before =
            |distance: usize, text| index >= distance && is_at(self.tokens, index - distance, text);
        let continues = before(1, "::") || before(1, ".");
        let visibility = before(1, "in") && before(2, "(");
        if !is_at(self.tokens, index + 1, "::") || continues || visibility {
            return None;
        }
        match &*self.tokens[index].text {
            "crate" => Some(Vec::new()),
            "self" => Some(self.here()),
            "super" => self.here().split_last().map(|(_, parent)| parent.to_vec()),
            name if self.inner.is_empty() && children.iter().any(|child| child == name) => {
                let mut child = self.here();
                child.push(name.into());
                Some(child)
            }
            _ => None,
        }
    }

    fn here(&self) -> Vec<String> {
        self.file.iter().cloned().chain(self.inner.iter().map(|(name, _)| name.clone())).collect()
    }

    /// Reads on from the first word of a path; returns the index behind it.
    fn path(&mut self, first: usize, start: Vec<String>) -> usize {
        let line = self.tokens[first].line;
        self.rest(first + 1, start, line)
    }

    /// Reads `::a::{b, c::*}` at `index`, adding each leaf.
    fn rest(&mut self, mut index: usize, mut path: Vec<String>, line: usize) -> usize {
        while is_at(self.tokens, index, "::") {
            let Some(next) = self.tokens.get(index + 1) else {
                break;
            };
            match (next.kind, &*next.text) {
                (_, "{") => return self.branches(index + 2, &path),
                (_, "super") => _ = path.pop(),
                (_, "self") => {}
                (Kind::Word, name) => path.push(name.into()),
                (_, "*") => {
                    index += 2;
                    break;
                }
                _ => break, // a turbofish
            }
            index += 2;
        }
        self.found.push(Import { line, path });
        index
    }

    fn branches(&mut self, mut index: usize, path: &[String]) -> usize {
        while let Some(token) = self.tokens.get(index) {
            let line = token.line;
            index = match (token.kind, &*token.text) {
                (_, "}") => return index + 1,
                (_, "self" | "*") => self.rest(index + 1, path.to_vec(), line),
                (_, "as") => index + 2,
                (Kind::Word, name) => {
                    let mut branch = path.to_vec();
                    branch.push(name.into());
                    self.rest(index + 1, branch, line)
                }
                _ => index + 1,
            };
        }
        index
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(file: &str, source: &str) -> Vec<String> {
        imports(file, source)
            .iter()
            .map(|import| format!("{}:{}", import.line, import.path.join("::")))
            .collect()
    }

    #[test]
    fn files_are_modules() {
        assert_eq!(module_of("lib.rs"), [""; 0]);
        assert_eq!(module_of("engine/mod.rs"), ["engine"]);
        assert_eq!(module_of("engine/slots.rs"), ["engine", "slots"]);
        assert_eq!(module_of("engine/main.rs"), ["engine", "main"]);
    }

    #[test]
    fn use_trees_are_followed_to_their_leaves() {
        let source = "use crate::{a::{self, B as C}, d::*,\n  e::f::G};\npub(in crate::x) use crate::h;\nuse std::crate_like;";
        assert_eq!(found("lib.rs", source), ["1:a", "1:a::B", "1:d", "2:e::f::G", "3:h"]);
    }

    #[test]
    fn paths_in_code_count_too() {
        let source = "fn a() -> crate::b::C { x.crate_; crate::d::e::<u8>(); write!(f, \"{}\", crate::g()) }";
        assert_eq!(found("a.rs", source), ["1:b::C", "1:d::e", "1:g"]);
    }

    #[test]
    fn super_and_self_start_at_the_module_they_stand_in() {
        let source = "use super::x; use super::super::y; use self::z::Z; mod inner { use super::w; fn f() { super::v(); } } use super::u;";
        assert_eq!(
            found("a/b.rs", source),
            ["1:a::x", "1:y", "1:a::b::z::Z", "1:a::b::w", "1:a::b::v", "1:a::u"]
        );
    }

    #[test]
    fn child_modules_are_found_without_a_prefix() {
        let source = "mod child; pub use child::Thing; fn f() { child::g(); other::child::h(); }";
        assert_eq!(found("a/mod.rs", source), ["1:a::child::Thing", "1:a::child::g"]);
    }
}
