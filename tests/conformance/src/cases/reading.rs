//! What was written is read, byte for byte.

use bytes::Bytes;
use cachefn_core::{Keep, Storage};

use crate::failure::{Verdict, ensure, equal, shown};
use crate::stage::{Stage, same};

pub(super) async fn an_absent_name_is_no_error(stage: &mut Stage<'_>) -> Verdict {
    let storage = stage.storage();
    stage.holds("of an empty storage", b"absent", None).await?;
    equal("delete of an absent name", storage.delete(b"absent").await?, false)?;
    equal("delete_if of an absent name", storage.delete_if(b"absent", b"").await?, false)?;
    let found = storage.get_many(&[b"absent", b"neither"]).await?;
    equal("get_many of absent names", found, vec![None, None])
}

pub(super) async fn a_write_is_read(stage: &mut Stage<'_>) -> Verdict {
    for round in 0..3 {
        let record = [round; 9];
        stage.set(b"name", &record).await?;
        stage.holds("after set", b"name", Some(&record)).await?;
        stage.holds("once more", b"name", Some(&record)).await?;
    }
    stage.holds("after sets of another", b"nam", None).await?;
    stage.holds("after sets of another", b"name2", None).await
}

pub(super) async fn an_overwrite_leaves_nothing_of_the_old(stage: &mut Stage<'_>) -> Verdict {
    let long = vec![b'l'; stage.record_length(70_000)];
    for record in [b"one", &long[..], b"2", b"", b"four", &long[..], b"six"] {
        stage.set(b"name", record).await?;
        stage.holds("after it was overwritten", b"name", Some(record)).await?;
    }
    stage.storage().delete(b"name").await?;
    stage.holds("after it was overwritten and deleted", b"name", None).await
}

pub(super) async fn h_34_bytes_come_back_as_they_were(stage: &mut Stage<'_>) -> Verdict {
    let every: Vec<u8> = (0..=255).collect();
    let mut random = stage.random();
    let lengths = [1, 2, 3, 7, 8, 15, 16, 17, 63, 64, 255, 256, 257, 4_095, 4_096, 65_535, 65_536];
    let mut records = vec![every, vec![0; 100], vec![255; 100], b"\r\n\r\n".to_vec()];
    records.extend(lengths.map(|length| random.bytes(length)));
    records.retain(|record| record.len() <= stage.capabilities.max_record);
    for (number, record) in records.iter().enumerate() {
        let name = format!("bytes:{number}");
        // A part of something larger: a storage keeps what it is given, not what lies around it.
        let larger = [b"before", &record[..], b"after"].concat();
        let part = Bytes::from(larger).slice(6..6 + record.len());
        stage.storage().set(name.as_bytes(), part, Keep::default()).await?;
    }
    for (number, record) in records.iter().enumerate() {
        let name = format!("bytes:{number}");
        stage.holds("after set", name.as_bytes(), Some(record)).await?;
    }
    Ok(())
}

pub(super) async fn an_empty_record_is_a_record(stage: &mut Stage<'_>) -> Verdict {
    stage.set(b"empty", b"").await?;
    stage.holds("after an empty record was set", b"empty", Some(b"")).await?;
    let found = stage.storage().get_many(&[b"empty"]).await?;
    let found = found.first().and_then(Option::as_ref).map(|found| &found.record[..]);
    same("(in get_many) after an empty record was set", b"empty", found, Some(b""))?;
    equal("delete of an empty record", stage.storage().delete(b"empty").await?, true)?;
    stage.holds("after delete", b"empty", None).await
}

pub(super) async fn large_records_come_back(stage: &mut Stage<'_>) -> Verdict {
    let record = stage.random().bytes(stage.record_length(MEGABYTE));
    for name in [b"large:1", b"large:2", b"large:3"] {
        stage.set(name, &record).await?;
    }
    for name in [&b"large:1"[..], b"large:2", b"large:3"] {
        stage.holds("after a large record was set", name, Some(&record)).await?;
    }
    stage.set(b"large:2", b"small").await?;
    stage.holds("after a small record replaced it", b"large:2", Some(b"small")).await?;
    stage.holds("beside one replaced", b"large:3", Some(&record)).await
}

/// Larger than what the storage takes: it may refuse, but neither panic nor keep a part.
pub(super) async fn a_record_too_large_is_refused_or_kept_whole(stage: &mut Stage<'_>) -> Verdict {
    let record = Bytes::from(vec![7; stage.capabilities.max_record + 1]);
    stage.set(b"beside", b"record").await?;
    let accepted = stage.storage().set(b"too large", record.clone(), Keep::default()).await;
    let got = stage.record(b"too large").await?;
    ensure(got.is_none() || got.as_ref() == Some(&record), || {
        let kept = got.as_deref().map_or(String::new(), shown);
        format!("get after a set that answered {accepted:?}: expected all or nothing, got {kept}")
    })?;
    stage.holds("after a set that was too large", b"beside", Some(b"record")).await
}

const MEGABYTE: usize = 1 << 20;
