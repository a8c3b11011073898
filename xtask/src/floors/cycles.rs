//! Circles in a graph of files.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// For every file on a circle the shortest one through it, each circle once, starting at its first name.
pub(super) fn cycles<'f>(edges: &BTreeMap<&'f str, BTreeSet<&'f str>>) -> BTreeSet<Vec<&'f str>> {
    edges.keys().filter_map(|file| shortest(edges, file)).map(turned).collect()
}

/// Breadth first from `start` until it is met again.
fn shortest<'f>(
    edges: &BTreeMap<&'f str, BTreeSet<&'f str>>,
    start: &'f str,
) -> Option<Vec<&'f str>> {
    let mut came_from = BTreeMap::new();
    let mut waiting = VecDeque::from([start]);
    while let Some(file) = waiting.pop_front() {
        for next in edges.get(file).into_iter().flatten() {
            if *next == start {
                return Some(back(&came_from, start, file));
            }
            if !came_from.contains_key(next) {
                came_from.insert(*next, file);
                waiting.push_back(next);
            }
        }
    }
    None
}

fn back<'f>(
    came_from: &BTreeMap<&'f str, &'f str>,
    start: &'f str,
    mut file: &'f str,
) -> Vec<&'f str> {
    let mut cycle = vec![file];
    while file != start {
        file = came_from[file];
        cycle.push(file);
    }
    cycle.reverse();
    cycle
}

fn turned(mut cycle: Vec<&str>) -> Vec<&str> {
    let first = (0..cycle.len()).min_by_key(|index| cycle[*index]).unwrap_or(0);
    cycle.rotate_left(first);
    cycle
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(
        edges: &[(&'static str, &'static str)],
    ) -> BTreeMap<&'static str, BTreeSet<&'static str>> {
        let mut graph: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
        for (from, to) in edges {
            graph.entry(*from).or_default().insert(*to);
        }
        graph
    }

    #[test]
    fn a_circle_is_reported_once_and_shortest() {
        let graph =
            graph(&[("c", "a"), ("a", "b"), ("b", "c"), ("b", "d"), ("d", "b"), ("x", "a")]);
        let found: Vec<String> = cycles(&graph).iter().map(|cycle| cycle.join(" ")).collect();
        assert_eq!(found, ["a b c", "b d"]);
    }

    #[test]
    fn a_diamond_is_no_circle() {
        assert!(cycles(&graph(&[("a", "b"), ("a", "c"), ("b", "d"), ("c", "d")])).is_empty());
    }
}
