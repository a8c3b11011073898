//! Cases: connections that are lost, and what is said of it.

use cachefn_core::Notice;

use super::ear::Ear;
use super::stage::{BusStage, of_key};
use crate::failure::{Verdict, ensure};

pub(super) async fn s_35_a_loss_is_told_and_so_is_its_end(stage: &BusStage<'_>) -> Verdict {
    let line = stage.connect().await?;
    let ears = [stage.listen(&line).await?, stage.listen(&line).await?];
    for _ in 0..2 {
        stage.lose();
        for ear in &ears {
            stage.until(ear, "Lost to be told", Ear::is_lost).await?;
        }
        stage.mend();
        for ear in &ears {
            stage.until(ear, "Restored to be told", |ear| !ear.is_lost()).await?;
        }
    }
    Ok(())
}

pub(super) async fn s_35_whoever_joins_during_a_loss_is_told_at_once(
    stage: &BusStage<'_>,
) -> Verdict {
    let line = stage.connect().await?;
    let ear = stage.listen(&line).await?;
    stage.lose();
    stage.until(&ear, "Lost to be told", Ear::is_lost).await?;
    let late = Ear::open(&*line);
    let first = late.notices();
    ensure(first.first() == Some(&Notice::Lost), || {
        format!("expected Lost before subscribe returns, got {first:?}")
    })?;
    stage.mend();
    stage.until(&late, "Restored to be told", |ear| !ear.is_lost()).await
}

pub(super) async fn s_35_what_is_said_during_a_loss_is_heard_or_an_error_or_told_as_lost(
    stage: &BusStage<'_>,
) -> Verdict {
    let all = stage.meet(2).await?;
    let ((one, _), (_, ear)) = (&all[0], &all[1]);
    stage.lose();
    let message = of_key(1, "said during the loss");
    let said = one.publish(&message).await;
    let is_told = match &said {
        Ok(()) => {
            let what = "the message to be heard, or Lost to be told, as publish succeeded";
            let came =
                stage.until(ear, what, |ear| ear.heard(&message) || ear.was_told(&Notice::Lost));
            came.await
        }
        Err(error) => ensure(error.is_retryable(), || {
            format!("expected an error after which it is tried again, got {error}")
        }),
    };
    stage.mend();
    is_told
}

pub(super) async fn h_38_after_each_loss_messages_arrive_again(stage: &BusStage<'_>) -> Verdict {
    let all = stage.meet(2).await?;
    let ((one, own), (_, ear)) = (&all[0], &all[1]);
    for round in 0..3 {
        stage.lose();
        for ear in [own, ear] {
            stage.until(ear, "Lost to be told", Ear::is_lost).await?;
        }
        stage.mend();
        for ear in [own, ear] {
            stage.until(ear, "Restored to be told", |ear| !ear.is_lost()).await?;
        }
        let message = of_key(1, round);
        stage.says_at_last(one, &message).await?;
        stage.hears(ear, &message).await?;
    }
    Ok(())
}
