//! One entry as a line of JSON: what `export` writes and `import` reads.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use cachefn_core::{Condition, Inspected, Record, Records};
use serde::{Deserialize, Serialize};

/// The record is all of it; the other fields are for people, and to choose by.
#[derive(Debug, Serialize, Deserialize)]
struct Line {
    namespace: String,
    key: String,
    record: String,
}

/// The line of a living entry; none of others.
pub(crate) fn line(records: &Records, own: &Inspected, wall_ms: u64) -> Option<String> {
    let key = own.key().filter(|_| own.condition.is_living())?;
    let record = match (&own.condition, &own.record) {
        (Condition::Stale { .. }, Some(record)) => &expired(record, wall_ms).encode(COMPRESS),
        _ => &own.bytes,
    };
    let line = Line {
        namespace: records.namespace().into(),
        key: key.into(),
        record: STANDARD.encode(record),
    };
    serde_json::to_string(&line).ok()
}

/// The record of a line.
///
/// # Errors
/// When it is no such line; the text says what is wrong with it.
pub(crate) fn record(line: &str) -> Result<Record, String> {
    let line: Line = serde_json::from_str(line).map_err(|error| {
        format!("it is no line of an export, column {}; is it cut off?", error.column())
    })?;
    let bytes = STANDARD.decode(&line.record).map_err(|_| "its record is no base64".to_string())?;
    let record = Record::decode(&Bytes::from(bytes)).map_err(|error| error.to_string())?;
    if record.key() != Some(&line.key) || record.namespace() != Some(line.namespace) {
        return Err("its record is that of another key".into());
    }
    Ok(record)
}

/// A record that is stale, so that it tells of itself: the token that said so stays behind.
fn expired(record: &Record, wall_ms: u64) -> Record {
    let age = wall_ms.saturating_sub(record.created);
    let early = record.fresh_for.saturating_sub(age);
    if record.fresh_for == u64::MAX {
        return Record { fresh_for: age, ..record.clone() };
    }
    // It dies when it would have died.
    let window = |window: u64| if window == 0 { 0 } else { window.saturating_add(early) };
    Record {
        fresh_for: record.fresh_for - early,
        revalidates_for: window(record.revalidates_for),
        bridges_for: window(record.bridges_for),
        ..record.clone()
    }
}

/// What was long enough to be compressed is so again.
const COMPRESS: Option<usize> = Some(1 << 10);

#[cfg(test)]
mod tests {
    use super::*;
    use cachefn_core::Token;

    #[test]
    fn what_was_expired_by_a_tag_is_stale_by_its_own_times_and_dies_when_it_would_have() {
        let record = Record {
            codec: 2,
            schema: 0,
            created: 1_000,
            fresh_for: 100,
            revalidates_for: 50,
            bridges_for: 0,
            idle_for: u64::MAX,
            name: "a:b".into(),
            namespace_token: Token([1; 16]),
            tags: Vec::new(),
            payload: "7".into(),
        };
        let expired = |record: &Record| expired(record, 1_030);
        let own = expired(&record);
        assert_eq!((own.fresh_for, own.revalidates_for, own.bridges_for), (30, 120, 0));
        let own = expired(&Record { fresh_for: 10, ..record.clone() });
        assert_eq!((own.fresh_for, own.revalidates_for), (10, 50), "its time was over already");
        let own = expired(&Record { fresh_for: u64::MAX, ..record });
        assert_eq!((own.fresh_for, own.revalidates_for), (30, 50));
    }
}
