//! The sources within a file: what always holds, and what a profile says.

use std::sync::Arc;

use super::document::Node;
use super::schema::json_schema;
use super::shape::Findings;
use super::similar::{listed, nearest};

/// A file, looked at.
pub(super) struct File {
    pub(super) base: Node,
    pub(super) profiles: Vec<(String, Node)>,
    /// Where each profile stands.
    source: Arc<str>,
}

impl File {
    /// What is right in a file; all that is wrong, chosen or not, is found.
    pub(super) fn new(source: &Arc<str>, root: Node, findings: &mut Findings) -> Self {
        let empty = || Node::table(source);
        let mut base = findings.checked(root, json_schema(), "").unwrap_or_else(empty);
        let profiles = base.take("profile").map(|node| node.entries().to_vec());
        File { base, profiles: profiles.unwrap_or_default(), source: source.clone() }
    }

    /// The sources for a profile.
    pub(super) fn chosen(&self, profile: Option<&str>, findings: &mut Findings) -> Vec<Node> {
        let mut sources = vec![self.base.clone()];
        let Some(wanted) = profile else { return sources };
        let names = || self.profiles.iter().map(|(name, _)| name.as_str());
        match self.profiles.iter().find(|(name, _)| name == wanted) {
            Some((_, node)) => sources.push(node.clone()),
            None => {
                let suggestion = match nearest(wanted, names()) {
                    Some(name) => format!("did you mean \"{name}\"?"),
                    None if self.profiles.is_empty() => {
                        format!("write [profile.{wanted}], or leave CACHEFN_PROFILE empty")
                    }
                    None => format!("there are {}", listed(names())),
                };
                let place = Node::table(&self.source).place;
                let path = format!("profile.{wanted}");
                findings.add(&place, &path, "is chosen and does not exist".into(), suggestion);
            }
        }
        sources
    }
}

/// The names of all services that some source names.
pub(super) fn services(sources: &[Node]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for source in sources {
        let entries = source.get("services").map(Node::entries).unwrap_or_default();
        names.extend(entries.iter().map(|(name, _)| name.clone()));
    }
    names.sort();
    names.dedup();
    names
}
