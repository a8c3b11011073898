//! Where a setting was written last.

use super::document::Node;
use super::place::Place;

/// The place of what the keys lead to in the last of the sources that has it; of the table around it where none has.
pub(super) fn locate(sources: &[Node], keys: &[&str]) -> Place {
    for length in (0..=keys.len()).rev() {
        for source in sources.iter().rev() {
            if let Some(node) = find(source, &keys[..length])
                && (node.place.line.is_some() || length > 0)
            {
                return node.place.clone();
            }
        }
    }
    Place {
        source: sources.first().map_or_else(|| "".into(), |node| node.place.source.clone()),
        line: None,
    }
}

fn find<'n>(node: &'n Node, keys: &[&str]) -> Option<&'n Node> {
    keys.iter().try_fold(node, |node, key| node.get(key))
}
