//! A row of the index: names that were written together and die at about the same time.

/// Names with their deadlines, on the way into the index.
#[derive(Debug)]
pub(crate) struct Row {
    /// Which row it is; later ones have higher numbers. Its records carry it, too.
    pub(crate) order: u64,
    /// The first of the deadlines; the row stands under it.
    pub(crate) soonest: u64,
    latest: u64,
    /// How many names it has.
    pub(crate) count: u64,
    names: Vec<u8>,
}

impl Row {
    pub(crate) fn new(order: u64) -> Self {
        Row { order, soonest: u64::MAX, latest: 0, count: 0, names: Vec::new() }
    }

    /// Whether there is room for one more.
    pub(crate) fn fits(&self, name: &[u8]) -> bool {
        self.names.is_empty() || self.names.len() + LENGTH + name.len() <= MOST
    }

    pub(crate) fn push(&mut self, name: &[u8], deadline: u64) {
        // A name is never longer than `MAX_NAME`.
        self.names.extend_from_slice(&(name.len() as u16).to_le_bytes());
        self.names.extend_from_slice(name);
        self.soonest = self.soonest.min(deadline);
        self.latest = self.latest.max(deadline);
        self.count += 1;
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        [&self.latest.to_le_bytes(), &*self.names].concat()
    }
}

/// When the last of a row dies.
pub(crate) fn latest(bytes: &[u8]) -> u64 {
    bytes.first_chunk().map_or(0, |latest| u64::from_le_bytes(*latest))
}

/// The names of a row, as far as its bytes make sense.
pub(crate) fn names(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = bytes.get(8..).unwrap_or_default();
    std::iter::from_fn(move || {
        let (length, behind) = rest.split_first_chunk()?;
        let (name, behind) = behind.split_at_checked(u16::from_le_bytes(*length).into())?;
        rest = behind;
        Some(name)
    })
}

/// Records whose deadlines have the same number go into the same row: it is the deadline, less
/// precise the longer the life is, so that one batch never needs many rows.
pub(crate) fn nearness(deadline: u64, now: u64) -> u64 {
    let grain = (deadline.saturating_sub(now) / 64).max(1).ilog2();
    deadline >> grain << grain
}

const LENGTH: usize = 2;
/// A page of the engine holds 4,096 bytes.
const MOST: usize = 3_900;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_gives_back_its_names_and_when_the_last_one_dies() {
        let mut row = Row::new(7);
        row.push(b"one", 30);
        row.push(b"", 10);
        row.push(b"three", 20);
        let bytes = row.bytes();
        assert_eq!((row.soonest, latest(&bytes), row.count), (10, 30, 3));
        assert_eq!(names(&bytes).collect::<Vec<_>>(), [&b"one"[..], b"", b"three"]);
    }

    #[test]
    fn h_30_a_damaged_row_ends_early() {
        let mut row = Row::new(1);
        row.push(b"name", 1);
        let bytes = row.bytes();
        for length in 0..bytes.len() {
            assert_eq!(names(&bytes[..length]).count(), 0, "{length} bytes");
        }
    }

    #[test]
    fn a_row_is_full_at_about_a_page() {
        let mut row = Row::new(1);
        let name = [b'x'; 1_000];
        while row.fits(&name) {
            row.push(&name, 1);
        }
        assert!(row.bytes().len() <= 4_000, "{}", row.bytes().len());
        assert!(Row::new(1).fits(&[0; 5_000]), "an empty one takes anything");
    }

    #[test]
    fn one_batch_needs_few_rows_whatever_the_lives_are() {
        let now = 1_700_000_000_000;
        let mut near: Vec<u64> = (0..100_000).map(|life| nearness(now + life * 977, now)).collect();
        near.dedup();
        assert!(near.len() < 2_000, "{}", near.len());
        assert_eq!(nearness(u64::MAX, now), nearness(u64::MAX - 5, now));
        assert_eq!((nearness(now + 50, now), nearness(5, now)), (now + 50, 5));
    }
}
