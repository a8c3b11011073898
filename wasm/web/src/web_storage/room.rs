//! Room for what is written: the dead leave first, then the oldest. Records tell themselves when they were
//! made and for how long.

use bytes::Bytes;
use cachefn_core::Record;

use super::items::Own;
use super::texts;
use crate::failure::Failure;

/// Keeps a record; while there is no room for it, others of this storage go.
pub(super) fn set(own: &Own, name: &[u8], record: &[u8], now: u64) -> Result<(), Failure> {
    let text = texts::written(record);
    let full = match own.put(name, &text) {
        Err(full @ Failure::Full(_)) => full,
        done => return done,
    };
    // What is there is not true any more, whatever becomes of the new one.
    own.delete(name)?;
    // More than it takes, so that not every write looks through all the records.
    let all = leaving(own, now, Some(name))?;
    let step = (all.iter().map(|leaving| leaving.bytes).sum::<usize>() / 8).max(2 * text.len());
    let mut all = all.into_iter().peekable();
    while all.peek().is_some() {
        let mut freed = 0;
        while let Some(Leaving { name, bytes, .. }) =
            all.next_if(|leaving| leaving.is_dead || freed < step)
        {
            own.delete(&name)?;
            freed += bytes;
        }
        match own.put(name, &text) {
            Err(Failure::Full(_)) => {}
            done => return done,
        }
    }
    Err(full)
}

/// Drops the dead; how many.
pub(super) fn purge(own: &Own, now: u64) -> Result<usize, Failure> {
    let mut dead = 0;
    for leaving in leaving(own, now, None)?.iter().take_while(|leaving| leaving.is_dead) {
        dead += usize::from(own.delete(&leaving.name)?);
    }
    Ok(dead)
}

/// What may leave.
struct Leaving {
    is_dead: bool,
    created: u64,
    name: Vec<u8>,
    bytes: usize,
}

/// All records in the order in which they leave, but for one. What is no record, such as a token, stays.
fn leaving(own: &Own, now: u64, except: Option<&[u8]>) -> Result<Vec<Leaving>, Failure> {
    let mut all = Vec::new();
    for name in own.list()?.into_iter().filter(|name| Some(&name[..]) != except) {
        let Some(bytes) = own.get(&name)? else { continue };
        let bytes = Bytes::from(bytes);
        let Ok(record) = Record::decode(&bytes) else { continue };
        let life = record.fresh_for.saturating_add(record.revalidates_for.max(record.bridges_for));
        let is_dead = record.created.saturating_add(life) <= now;
        let bytes = name.len() + bytes.len();
        all.push(Leaving { is_dead, created: record.created, name, bytes });
    }
    all.sort_unstable_by_key(|leaving| (!leaving.is_dead, leaving.created));
    Ok(all)
}
