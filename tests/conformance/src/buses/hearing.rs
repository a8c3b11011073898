//! Cases: who hears, from when on, and how long.

use std::sync::{Arc, Mutex};

use cachefn_core::{Hearing, Notice};

use super::ear::Ear;
use super::stage::{BusStage, of_key};
use crate::failure::{Verdict, ensure};

pub(super) async fn s_35_whoever_joins_hears_from_then_on_or_is_told_that_it_is_lost(
    stage: &BusStage<'_>,
) -> Verdict {
    let (one, other) = (stage.connect().await?, stage.connect().await?);
    for round in 0..5 {
        let ear = Ear::open(&*other);
        stage.says_to(&one, &ear, &of_key(1, round)).await?;
    }
    Ok(())
}

pub(super) async fn s_35_all_who_hear_by_one_connection_are_told(stage: &BusStage<'_>) -> Verdict {
    let (one, other) = (stage.connect().await?, stage.connect().await?);
    let mut ears = Vec::new();
    for _ in 0..3 {
        ears.push(stage.listen(&other).await?);
    }
    let message = of_key(1, "a");
    one.publish(&message).await?;
    for ear in &ears {
        stage.hears(ear, &message).await?;
    }
    Ok(())
}

pub(super) async fn s_35_who_has_left_hears_nothing_and_the_others_do(
    stage: &BusStage<'_>,
) -> Verdict {
    let (one, other) = (stage.connect().await?, stage.connect().await?);
    let (mut leaving, staying) = (stage.listen(&other).await?, stage.listen(&other).await?);
    leaving.leave();
    leaving.forget();
    let message = of_key(1, "a");
    one.publish(&message).await?;
    stage.hears(&staying, &message).await?;
    let heard = leaving.notices();
    ensure(heard.is_empty(), || {
        format!("expected nothing after the handle was dropped, got {heard:?}")
    })
}

pub(super) async fn s_35_when_all_have_left_the_next_one_hears(stage: &BusStage<'_>) -> Verdict {
    let (one, other) = (stage.connect().await?, stage.connect().await?);
    for round in 0..5 {
        let (ear, beside) = (stage.listen(&other).await?, stage.listen(&other).await?);
        for ear in [&ear, &beside] {
            stage.says_to(&one, ear, &of_key(1, round)).await?;
        }
    }
    Ok(())
}

pub(super) async fn s_35_a_hearer_may_leave_while_it_hears(stage: &BusStage<'_>) -> Verdict {
    let (one, other) = (stage.connect().await?, stage.connect().await?);
    let staying = stage.listen(&other).await?;
    let own: Arc<Mutex<Option<Hearing>>> = Arc::default();
    let handle = Arc::clone(&own);
    let hearing = other.subscribe(Arc::new(move |notice| {
        if matches!(notice, Notice::Message(_)) {
            let gone = handle.lock().map(|mut own| own.take());
            drop(gone);
        }
    }));
    if let Ok(mut own) = own.lock() {
        *own = Some(hearing);
    }
    for key in 0..3 {
        let message = of_key(1, key);
        one.publish(&message).await?;
        stage.hears(&staying, &message).await?;
    }
    let has_left = own.lock().is_ok_and(|own| own.is_none());
    ensure(has_left, || "expected the hearer to be told, and to leave; it heard nothing".into())
}
