//! How many records of what kind each cache has.

use std::collections::{BTreeMap, BTreeSet};

use cachefn_core::{Condition, Inspected, Records};
use serde_json::{Value, json};

use super::failure::Failure;
use super::place::Opened;
use super::shown;
use super::walk::{self, Step};

/// The records of one cache, counted.
#[derive(Debug, Default, Clone)]
pub(crate) struct Census {
    pub(crate) namespace: String,
    pub(crate) fresh: u64,
    pub(crate) stale: u64,
    pub(crate) dead: u64,
    pub(crate) skewed: u64,
    pub(crate) unreadable: u64,
    /// Of all records.
    pub(crate) bytes: u64,
    pub(crate) tags: BTreeSet<String>,
    pub(crate) codecs: BTreeMap<String, u64>,
    /// When the youngest record was made, on the wall.
    pub(crate) youngest: Option<u64>,
    pub(crate) oldest: Option<u64>,
    /// The largest record: its key and its bytes.
    pub(crate) largest: Option<(String, u64)>,
}

/// # Errors
/// When the storage does not answer.
pub(crate) async fn census(opened: &Opened) -> Result<Vec<Census>, Failure> {
    let namespaces = opened.namespaces().await?;
    let named = |namespace: &String| Census { namespace: namespace.clone(), ..Census::default() };
    let mut counted: Vec<Census> = namespaces.iter().map(named).collect();
    let mut at = 0;
    let visit = async |records: &Records, own: Inspected| {
        while counted[at].namespace != records.namespace() {
            at += 1;
        }
        counted[at].add(&own);
        Ok(Step::Next)
    };
    walk::each(opened, &namespaces, visit).await?;
    Ok(counted)
}

impl Census {
    fn add(&mut self, own: &Inspected) {
        let count = match own.condition {
            Condition::Fresh { .. } => &mut self.fresh,
            Condition::Stale { .. } => &mut self.stale,
            Condition::Dead => &mut self.dead,
            Condition::Skewed => &mut self.skewed,
            _ => &mut self.unreadable,
        };
        *count += 1;
        let bytes = own.bytes.len() as u64;
        self.bytes += bytes;
        let Some(record) = &own.record else { return };
        *self.codecs.entry(shown::codec(record)).or_default() += 1;
        self.youngest = self.youngest.max(Some(record.created));
        self.oldest = Some(self.oldest.map_or(record.created, |own| own.min(record.created)));
        if own.condition.is_living() {
            self.tags.extend(record.tags.iter().map(|tag| tag.name.to_string()));
        }
        if self.largest.as_ref().is_none_or(|(_, most)| bytes > *most) {
            self.largest = Some((own.key().unwrap_or_default().to_string(), bytes));
        }
    }

    /// Everything together.
    pub(crate) fn sum(all: &[Census]) -> Census {
        let mut sum = Census { namespace: "all".into(), ..Census::default() };
        for own in all {
            sum.fresh += own.fresh;
            sum.stale += own.stale;
            sum.dead += own.dead;
            sum.skewed += own.skewed;
            sum.unreadable += own.unreadable;
            sum.bytes += own.bytes;
            // Tags of different caches are different tags.
            sum.tags.extend(own.tags.iter().map(|tag| format!("{}:{tag}", own.namespace)));
            let larger = own.largest.iter().chain(&sum.largest).max_by_key(|(_, bytes)| *bytes);
            sum.largest = larger.cloned();
        }
        sum
    }

    pub(crate) fn records(&self) -> u64 {
        self.fresh + self.stale + self.dead + self.skewed + self.unreadable
    }

    pub(crate) fn object(&self) -> Value {
        let largest = self.largest.as_ref();
        json!({
            "namespace": self.namespace,
            "records": self.records(),
            "fresh": self.fresh,
            "stale": self.stale,
            "dead": self.dead,
            "skewed": self.skewed,
            "unreadable": self.unreadable,
            "bytes": self.bytes,
            "tags": self.tags.len(),
            "codecs": self.codecs,
            "oldest_ms": self.oldest,
            "youngest_ms": self.youngest,
            "largest_key": largest.map(|(key, _)| key),
            "largest_bytes": largest.map(|(_, bytes)| bytes),
        })
    }
}
