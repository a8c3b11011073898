//! What the file holds: records, the index that tells which of them go first, and a few numbers.

use redb::{Error, ReadableTable, ReadableTableMetadata, Table, TableDefinition, WriteTransaction};
use std::collections::BTreeMap;

use crate::pending::{Change, Kept, Pending};
use crate::row::{Row, nearness};

/// Name → order of its row and deadline (8 bytes each, little end first), then the record.
pub(crate) const RECORDS: TableDefinition<&[u8], &[u8]> = TableDefinition::new("records");
/// Soonest deadline and order → a row of names.
pub(crate) const ROWS: TableDefinition<(u64, u64), &[u8]> = TableDefinition::new("rows");
/// Order → soonest deadline: the same rows, by age.
pub(crate) const AGES: TableDefinition<u64, u64> = TableDefinition::new("ages");
pub(crate) const NUMBERS: TableDefinition<&str, u64> = TableDefinition::new("numbers");

/// The tables, open for one transaction.
pub(crate) struct Tables<'t> {
    pub(crate) records: Table<'t, &'static [u8], &'static [u8]>,
    pub(crate) rows: Table<'t, (u64, u64), &'static [u8]>,
    pub(crate) ages: Table<'t, u64, u64>,
    pub(crate) numbers: Numbers,
    numbered: Table<'t, &'static str, u64>,
    scratch: Vec<u8>,
}

/// What is counted along instead of counted anew.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Numbers {
    /// The last row.
    pub(crate) order: u64,
    /// What the records weigh in all.
    pub(crate) weight: u64,
    /// How many names the rows have, those included whose record was written again since.
    pub(crate) listed: u64,
    /// The last row that was looked through for such names.
    pub(crate) hand: u64,
}

impl<'t> Tables<'t> {
    pub(crate) fn open(transaction: &'t WriteTransaction) -> Result<Self, Error> {
        let numbered = transaction.open_table(NUMBERS)?;
        let read = |name| Ok::<_, Error>(numbered.get(name)?.map_or(0, |number| number.value()));
        let numbers = Numbers {
            order: read("order")?,
            weight: read("weight")?,
            listed: read("listed")?,
            hand: read("hand")?,
        };
        Ok(Tables {
            records: transaction.open_table(RECORDS)?,
            rows: transaction.open_table(ROWS)?,
            ages: transaction.open_table(AGES)?,
            numbers,
            numbered,
            scratch: Vec::new(),
        })
    }

    /// Makes all the changes; how many rows that made.
    pub(crate) fn apply(&mut self, changes: &Pending, now: u64) -> Result<usize, Error> {
        let mut open: BTreeMap<u64, Row> = BTreeMap::new();
        let mut made = 0;
        for (name, change) in changes.iter() {
            let kept = match change {
                Change::Put(kept) => kept,
                Change::Gone => {
                    self.remove(name)?;
                    continue;
                }
            };
            if is_token(name) {
                self.put(name, kept, OF_NO_ROW)?;
                continue;
            }
            let row = open.entry(nearness(kept.deadline, now));
            let row = row.or_insert_with(|| Row::new(self.numbers.next_order()));
            if !row.fits(name) {
                made += 1;
                let full = std::mem::replace(row, Row::new(self.numbers.next_order()));
                self.list(&full)?;
            }
            row.push(name, kept.deadline);
            let order = row.order;
            self.put(name, kept, order)?;
        }
        made += open.len();
        open.values().try_for_each(|row| self.list(row))?;
        Ok(made)
    }

    pub(crate) fn list(&mut self, row: &Row) -> Result<(), Error> {
        self.rows.insert((row.soonest, row.order), &*row.bytes())?;
        self.ages.insert(row.order, row.soonest)?;
        self.numbers.listed += row.count;
        Ok(())
    }

    /// Whether there was such a record.
    pub(crate) fn remove(&mut self, name: &[u8]) -> Result<bool, Error> {
        let old = self.records.remove(name)?.map(|old| old.value().len());
        self.numbers.lighten(name, old);
        Ok(old.is_some())
    }

    /// Writes the numbers back.
    pub(crate) fn close(mut self) -> Result<Numbers, Error> {
        let Numbers { order, weight, listed, hand } = self.numbers;
        let all = [("order", order), ("weight", weight), ("listed", listed), ("hand", hand)];
        for (name, number) in all {
            self.numbered.insert(name, number)?;
        }
        Ok(self.numbers)
    }

    pub(crate) fn count(&self) -> Result<u64, Error> {
        Ok(self.records.len()?)
    }

    fn put(&mut self, name: &[u8], kept: &Kept, order: u64) -> Result<(), Error> {
        let length = HEAD + kept.record.len();
        let old = if length < LARGE {
            self.scratch.clear();
            self.scratch.extend_from_slice(&order.to_le_bytes());
            self.scratch.extend_from_slice(&kept.deadline.to_le_bytes());
            self.scratch.extend_from_slice(&kept.record);
            self.records.insert(name, &*self.scratch)?.map(|old| old.value().len())
        } else {
            let old = self.records.get(name)?.map(|old| old.value().len());
            let mut place = self.records.insert_reserve(name, length)?;
            let place = place.as_mut();
            place[..8].copy_from_slice(&order.to_le_bytes());
            place[8..HEAD].copy_from_slice(&kept.deadline.to_le_bytes());
            place[HEAD..].copy_from_slice(&kept.record);
            old
        };
        self.numbers.lighten(name, old);
        self.numbers.weight += weight(name.len(), length);
        Ok(())
    }
}

impl Numbers {
    fn next_order(&mut self) -> u64 {
        self.order += 1;
        self.order
    }

    fn lighten(&mut self, name: &[u8], old: Option<usize>) {
        let less = old.map_or(0, |length| weight(name.len(), length));
        self.weight = self.weight.saturating_sub(less);
    }
}

/// Row, deadline and record of a value, if it is one.
pub(crate) fn parts(value: &[u8]) -> Option<(u64, u64, &[u8])> {
    let (order, rest) = value.split_first_chunk()?;
    let (deadline, record) = rest.split_first_chunk()?;
    Some((u64::from_le_bytes(*order), u64::from_le_bytes(*deadline), record))
}

/// Tokens stay for ever: without them no record that they vouch for is valid.
pub(crate) fn is_token(name: &[u8]) -> bool {
    [b"%n:", b"%t:", b"%x:"].iter().any(|prefix| name.starts_with(*prefix))
}

/// About how many bytes of the file a value of so many bytes takes. Small ones share pages, which are
/// about two thirds full; large ones have a run of pages of their own, a power of two of them.
pub(crate) fn weight(name: usize, value: usize) -> u64 {
    let bytes = (name + value + 16) as u64;
    if bytes < 2_048 { (bytes + name as u64) * 3 / 2 } else { (bytes + 4_096).next_power_of_two() }
}

/// What stands before a record in its value.
pub(crate) const HEAD: usize = 16;
/// Rows begin at 1.
const OF_NO_ROW: u64 = 0;
/// From here on a value is written in place, not copied together first.
const LARGE: usize = 64 * 1024;
