//! Cases: what is said arrives at all others, whole and as it was.

use std::collections::BTreeSet;
use std::task::Poll;

use cachefn_core::{BoxFuture, Invalidation, Message, Mode};

use super::ear::texts;
use super::stage::{BusStage, of_key};
use crate::failure::{Verdict, ensure};
use crate::interleave;
use crate::random::Random;

pub(super) async fn s_35_what_one_says_all_others_hear(stage: &BusStage<'_>) -> Verdict {
    let all = stage.meet(3).await?;
    for (number, (line, _)) in all.iter().enumerate() {
        let message = of_key(number as u128, number);
        line.publish(&message).await?;
        for (_, ear) in all.iter().enumerate().filter(|(other, _)| *other != number).map(|at| at.1)
        {
            stage.hears(ear, &message).await?;
        }
    }
    Ok(())
}

pub(super) async fn s_35_every_invalidation_arrives_as_it_was_sent(
    stage: &BusStage<'_>,
) -> Verdict {
    let all = stage.meet(2).await?;
    let ((one, _), (_, ear)) = (&all[0], &all[1]);
    let some = || vec!["a".to_string(), "b:c".to_string()];
    let whats = [
        Invalidation::Keys(some()),
        Invalidation::Tags(some(), Mode::Remove),
        Invalidation::Tags(some(), Mode::Expire),
        Invalidation::Patterns(some(), Mode::Remove),
        Invalidation::Patterns(some(), Mode::Expire),
        Invalidation::Everything,
    ];
    for (origin, what) in [0, 1, 7 << 64, u128::MAX - 1, u128::MAX, 7].into_iter().zip(whats) {
        let message = Message::new("shop/users", origin, what);
        ear.forget();
        one.publish(&message).await?;
        stage.hears(ear, &message).await?;
        let says_more = |heard: &Message| {
            let known = texts(&message.what);
            texts(&heard.what).iter().any(|text| !known.contains(text))
                || heard.namespace != message.namespace
                || heard.origin != message.origin
        };
        let more = ear.messages().into_iter().find(says_more);
        ensure(more.is_none(), || format!("expected {message:?} and nothing else, got {more:?}"))?;
    }
    Ok(())
}

pub(super) async fn h_06_texts_are_any_texts(stage: &BusStage<'_>) -> Verdict {
    let all = stage.meet(2).await?;
    let ((one, _), (_, ear)) = (&all[0], &all[1]);
    let long = "é".repeat(32 << 10); // the longest key
    let texts =
        ["", " a ", "a\nb\r\n", "nul\0nul", "\"'\\{}[]*?", "ключ", "🦀\u{200d}", "%3A:", &long];
    for (number, text) in texts.into_iter().enumerate() {
        let what = [
            Invalidation::Keys(vec![text.into()]),
            Invalidation::Tags(vec![text.into(), "other".into()], Mode::Expire),
            Invalidation::Patterns(vec![text.into()], Mode::Remove),
        ];
        for what in what {
            let message = Message::new("n", number as u128, what);
            one.publish(&message).await?;
            stage.hears(ear, &message).await?;
        }
        let message = Message::new(text, number as u128, Invalidation::Everything);
        one.publish(&message).await?;
        stage.hears(ear, &message).await?;
    }
    Ok(())
}

pub(super) async fn h_38_long_messages_arrive_whole(stage: &BusStage<'_>) -> Verdict {
    let all = stage.meet(2).await?;
    let ((one, _), (_, ear)) = (&all[0], &all[1]);
    let keys = |number: usize, length: usize| {
        (0..number).map(move |key| format!("{key}{}", "x".repeat(length))).collect()
    };
    // As long as caches make them: many keys, or long ones.
    for (number, length) in [(10_000, 0), (1_000, 1_000), (20, 60_000)] {
        let message = Message::new("n", length as u128, Invalidation::Keys(keys(number, length)));
        one.publish(&message).await?;
        stage.hears(ear, &message).await?;
    }
    Ok(())
}

pub(super) async fn h_38_of_many_at_once_none_is_lost(stage: &BusStage<'_>) -> Verdict {
    let all = stage.meet(3).await?;
    let message = |number: usize, key| of_key(number as u128, format!("{number}-{key}"));
    let mut saying: Vec<BoxFuture<'_, Verdict>> = Vec::new();
    for (number, (line, _)) in all.iter().enumerate() {
        for run in 0..RUNS {
            saying.push(Box::pin(async move {
                for key in 0..PER_RUN {
                    line.publish(&message(number, run * PER_RUN + key)).await?;
                }
                Ok(())
            }));
        }
    }
    let seed = Random(stage.options.seed ^ u64::from(stage.place)).draw();
    interleave::run(seed, saying, Some(64)).await.into_iter().collect::<Verdict>()?;
    for (number, (_, ear)) in all.iter().enumerate() {
        let others = (0..all.len()).filter(|other| *other != number);
        let expected: BTreeSet<String> = others
            .flat_map(|other| (0..RUNS * PER_RUN).map(move |key| format!("{other}-{key}")))
            .collect();
        let what = format!("{} messages to be heard", expected.len());
        stage
            .until(ear, &what, |ear| {
                let messages = ear.messages();
                let heard: BTreeSet<&String> =
                    messages.iter().flat_map(|message| texts(&message.what)).collect();
                expected.iter().all(|key| heard.contains(key))
            })
            .await?;
    }
    Ok(())
}

pub(super) async fn s_35_what_one_says_arrives_in_its_order(stage: &BusStage<'_>) -> Verdict {
    let all = stage.meet(3).await?;
    for key in 0..50 {
        for (number, (line, _)) in all.iter().enumerate() {
            line.publish(&of_key(number as u128, key)).await?;
        }
    }
    for (own, (_, ear)) in all.iter().enumerate() {
        for origin in (0..all.len()).filter(|origin| *origin != own) {
            stage.hears(ear, &of_key(origin as u128, 49)).await?;
            let messages = ear.messages();
            let of_it = messages.iter().filter(|message| message.origin == origin as u128);
            let mut order: Vec<&String> = of_it.flat_map(|message| texts(&message.what)).collect();
            order.dedup(); // what is repeated at once is in its order, too
            let expected: Vec<String> = (0..50).map(|key| key.to_string()).collect();
            ensure(order.iter().copied().eq(&expected), || {
                format!("expected the keys 0 to 49 in this order, got {order:?}")
            })?;
        }
    }
    Ok(())
}

pub(super) async fn s_35_buses_hear_nothing_of_each_other(stage: &BusStage<'_>) -> Verdict {
    let here = stage.connect().await?;
    let (there, other) = (stage.connect_elsewhere().await?, stage.connect_elsewhere().await?);
    let (ear, ear_there) = (stage.listen(&here).await?, stage.listen(&there).await?);
    here.publish(&of_key(1, "here")).await?;
    other.publish(&of_key(2, "there")).await?;
    // Whoever said it here is heard after what was said there.
    let mark = of_key(3, "mark");
    stage.hears(&ear_there, &of_key(2, "there")).await?;
    stage.connect().await?.publish(&mark).await?;
    stage.hears(&ear, &mark).await?;
    let crossed = ear.heard(&of_key(2, "there")) || ear_there.heard(&of_key(1, "here"));
    ensure(!crossed, || "expected each bus to hear its own, and one heard the other's".into())
}

pub(super) async fn h_11_a_publish_that_is_dropped_harms_nothing(stage: &BusStage<'_>) -> Verdict {
    let all = stage.meet(2).await?;
    let ((one, _), (other, ear)) = (&all[0], &all[1]);
    for polls in 0..4 {
        let message = of_key(1, format!("dropped after {polls} polls"));
        let mut publish = one.publish(&message);
        let mut left = polls;
        let ended = std::future::poll_fn(|context| {
            while left > 0 {
                left -= 1;
                if let Poll::Ready(end) = publish.as_mut().poll(context) {
                    return Poll::Ready(Some(end));
                }
            }
            Poll::Ready(None)
        });
        if ended.await.is_none() {
            drop(publish);
            one.publish(&message).await?;
        }
        stage.hears(ear, &message).await?;
        let after = of_key(2, format!("after {polls} polls"));
        other.publish(&after).await?;
        stage.hears(&all[0].1, &after).await?;
    }
    Ok(())
}

const RUNS: usize = 5;
const PER_RUN: usize = 20;
