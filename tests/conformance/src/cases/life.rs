//! How long a record can be of use: a storage may forget it afterwards and never makes it longer.

use std::time::Duration;

use bytes::Bytes;
use cachefn_core::{Keep, Storage};

use crate::failure::{Verdict, ensure, equal, shown};
use crate::stage::Stage;

pub(super) async fn h_17_every_duration_is_a_life(stage: &mut Stage<'_>) -> Verdict {
    let odd = [
        Duration::ZERO,
        Duration::from_nanos(1),
        Duration::from_micros(999),
        Duration::from_millis(1),
        Duration::from_millis(400),
        Duration::from_secs(u64::from(u32::MAX)),
        Duration::from_millis(i64::MAX as u64),
        Duration::from_millis(u64::MAX),
        Duration::from_secs(i64::MAX as u64),
        Duration::MAX,
    ];
    for life in odd {
        let name = format!("odd:{life:?}");
        set(stage, name.as_bytes(), Some(life)).await?;
        let found = stage.storage().get(name.as_bytes()).await?;
        let is_long = life > Duration::from_secs(3_600);
        ensure(found.is_some() || !is_long, || {
            format!("get after a set with the life {life:?}: expected the record, got none")
        })?;
        at_most(stage, name.as_bytes(), Some(life)).await?;
    }
    Ok(())
}

pub(super) async fn s_05_no_life_is_made_longer(stage: &mut Stage<'_>) -> Verdict {
    let hours = |hours: u64| Some(Duration::from_secs(hours * 3_600));
    for life in
        [hours(2), hours(1), hours(3), None, hours(1), Some(Duration::from_millis(3_600_400))]
    {
        set(stage, b"name", life).await?;
        stage.holds("with hours to live", b"name", Some(RECORD)).await?;
        at_most(stage, b"name", life).await?;
    }
    Ok(())
}

pub(super) async fn s_05_what_remains_becomes_less(stage: &mut Stage<'_>) -> Verdict {
    let life = Duration::from_secs(10);
    set(stage, b"name", Some(life)).await?;
    for seconds in 1..10 {
        stage.advance(Duration::from_secs(1));
        stage.holds("before its life is over", b"name", Some(RECORD)).await?;
        at_most(stage, b"name", Some(life - Duration::from_secs(seconds))).await?;
    }
    stage.advance(Duration::from_millis(999));
    at_most(stage, b"name", Some(Duration::from_millis(1))).await?;
    stage.advance(Duration::from_millis(1));
    at_most(stage, b"name", Some(Duration::ZERO)).await
}

pub(super) async fn an_overwrite_brings_its_own_life(stage: &mut Stage<'_>) -> Verdict {
    set(stage, b"longer", Some(Duration::from_secs(1))).await?;
    set(stage, b"longer", Some(Duration::from_secs(100))).await?;
    set(stage, b"for ever", Some(Duration::from_secs(1))).await?;
    set(stage, b"for ever", None).await?;
    set(stage, b"deleted between", Some(Duration::from_secs(1))).await?;
    stage.storage().delete(b"deleted between").await?;
    set(stage, b"deleted between", None).await?;
    stage.advance(Duration::from_secs(50));
    purge_all(stage).await?;
    for name in [&b"longer"[..], b"for ever", b"deleted between"] {
        stage.holds("after the life of the record before it", name, Some(RECORD)).await?;
    }
    at_most(stage, b"longer", Some(Duration::from_secs(50))).await
}

pub(super) async fn h_20_purge_takes_only_the_dead(stage: &mut Stage<'_>) -> Verdict {
    for number in 0..300 {
        let life = [Some(Duration::from_secs(1)), Some(Duration::from_secs(100)), None][number % 3];
        set(stage, format!("purge:{number}").as_bytes(), life).await?;
    }
    stage.advance(Duration::from_secs(2));
    purge_all(stage).await?;
    for number in (0..300).filter(|number| number % 3 != 0) {
        let name = format!("purge:{number}");
        stage.holds("after a purge", name.as_bytes(), Some(RECORD)).await?;
    }
    equal("purge when all the dead are gone", stage.storage().purge().await?, 0)
}

/// A storage that says it has forgotten has not kept anything for deletion to find.
pub(super) async fn the_dead_are_not_written_over_the_living(stage: &mut Stage<'_>) -> Verdict {
    set(stage, b"name", Some(Duration::from_secs(1))).await?;
    stage.advance(Duration::from_secs(2));
    stage.set(b"name", b"anew").await?;
    purge_all(stage).await?;
    stage.holds("set after the one before it died, and purged", b"name", Some(b"anew")).await
}

/// Purges until nothing goes.
pub(super) async fn purge_all(stage: &Stage<'_>) -> Verdict {
    for _ in 0..100_000 {
        if stage.storage().purge().await? == 0 {
            return Ok(());
        }
    }
    ensure(false, || "purge again and again: expected 0 in the end, got more 100,000 times".into())
}

async fn set(stage: &Stage<'_>, name: &[u8], life: Option<Duration>) -> Verdict {
    let record = Bytes::from_static(RECORD);
    Ok(stage.storage().set(name, record, Keep::new(life, &[])).await?)
}

async fn at_most(stage: &Stage<'_>, name: &[u8], most: Option<Duration>) -> Verdict {
    let one = stage.storage().get(name).await?;
    let many = stage.storage().get_many(&[name]).await?.pop().flatten();
    for (method, found) in [("get", one), ("get_many", many)] {
        let Some((remaining, most)) = found.and_then(|found| found.remaining).zip(most) else {
            continue; // forgotten, or the storage has no clock
        };
        // A clock that counts milliseconds may round up, as lives do.
        ensure(remaining <= most.saturating_add(Duration::from_millis(1)), || {
            let name = shown(name);
            format!("{method} {name}: expected at most {most:?} to remain, got {remaining:?}")
        })?;
    }
    Ok(())
}

const RECORD: &[u8] = b"record";
