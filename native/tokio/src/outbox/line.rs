//! Numbers in their order, each with the place of what it belongs to.

use std::collections::VecDeque;

/// A line of growing numbers. What leaves from its middle stays in it until somebody asks for it, or
/// [`Queue`](super::queue::Queue) makes it anew: most numbers come last and leave first, which costs next to nothing.
#[derive(Debug, Default)]
pub(super) struct Line(VecDeque<(u64, u32)>);

impl Line {
    /// A number has this place from now on, whatever it had before.
    pub(super) fn insert(&mut self, number: u64, place: u32) {
        if self.0.back().is_none_or(|(last, _)| *last < number) {
            return self.0.push_back((number, place));
        }
        match self.0.binary_search_by_key(&number, |(number, _)| *number) {
            Ok(at) => self.0[at].1 = place,
            Err(at) => self.0.insert(at, (number, place)),
        }
    }

    /// Lets go of all before the first that is there.
    pub(super) fn trim(&mut self, is_there: impl Fn(u64, u32) -> bool) {
        while self.0.front().is_some_and(|(number, place)| !is_there(*number, *place)) {
            self.0.pop_front();
        }
    }

    /// Nothing is there any more.
    pub(super) fn empty(&mut self) {
        self.0.clear();
        self.0.shrink_to(KEPT);
    }

    /// Makes it of these.
    pub(super) fn renew(&mut self, numbers: impl Iterator<Item = (u64, u32)>) {
        let mut numbers: Vec<(u64, u32)> = numbers.collect();
        numbers.sort_unstable();
        self.0 = numbers.into();
    }

    /// The first number and its place.
    pub(super) fn first(&self) -> Option<(u64, u32)> {
        self.0.front().copied()
    }

    /// All of them, and some that have left.
    pub(super) fn iter(&self) -> impl Iterator<Item = (u64, u32)> {
        self.0.iter().copied()
    }

    /// How many, with those that have left.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}

/// Room for so many is kept while there are none.
const KEPT: usize = 1_024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_in_their_order_whenever_they_came() {
        let mut line = Line::default();
        for number in [3, 7, 5, 1, 9] {
            line.insert(number, number as u32);
        }
        line.insert(5, 50);
        assert!(line.iter().eq([(1, 1), (3, 3), (5, 50), (7, 7), (9, 9)]));
        line.trim(|number, _| number > 3);
        assert_eq!((line.first(), line.len()), (Some((5, 50)), 3));
        line.renew([(8, 0), (2, 1)].into_iter());
        assert!(line.iter().eq([(2, 1), (8, 0)]));
    }
}
