//! Connections that are lost, and what is said of it.

use cachefn_core::{Bus, Invalidation, Message, Notice};
use cachefn_servers::{Proxy, Server};

use crate::support::*;

fn lost_and_restored(ear: &Ear) -> bool {
    let all = ear.all();
    let lost = all.iter().position(|notice| *notice == Notice::Lost);
    lost.is_some_and(|lost| all[lost..].contains(&Notice::Restored))
}

#[tokio::test]
async fn s_35_a_subscription_says_that_it_is_lost_until_the_server_has_confirmed_it() {
    let redis = Server::start();
    let bus = bus_at(&redis.url()).await;
    let ear = Ear::opened(&bus);
    assert_eq!(ear.all(), [Notice::Lost], "at once");
    until("it is confirmed", || ear.all() == [Notice::Lost, Notice::Restored]).await;
    let other = Ear::opened(&bus);
    assert_eq!(other.all(), [], "it joins what holds");
}

#[tokio::test]
async fn h_38_a_connection_that_is_killed_is_told_at_once_and_replaced() {
    let redis = Server::start();
    let bus = bus_at(&redis.url()).await;
    let ear = Ear::on(&bus).await;
    redis.cli(&["CLIENT", "KILL", "TYPE", "pubsub"]);
    until("it is lost and back", || lost_and_restored(&ear)).await;
    let message = Message::new("c", 7, Invalidation::Everything);
    bus.publish(&message).await.unwrap();
    until("messages arrive", || ear.has(&Notice::Message(message.clone()))).await;
}

#[tokio::test]
async fn h_38_a_server_that_stands_still_is_noticed_and_so_is_its_awakening() {
    let redis = Server::start();
    let bus = bus_at(&redis.url()).await;
    let ear = Ear::on(&bus).await;
    redis.stop();
    until("it is lost", || ear.has(&Notice::Lost)).await;
    redis.cont();
    until("it is back", || ear.has(&Notice::Restored)).await;
}

#[tokio::test]
async fn h_38_a_connection_that_is_cut_on_one_side_is_noticed() {
    let redis = Server::start();
    let proxy = Proxy::to(redis.port());
    let bus = bus_at(&proxy.url()).await;
    let ear = Ear::on(&bus).await;
    for fault in [Proxy::half_open, Proxy::black_hole] {
        fault(&proxy);
        until("it is lost", || ear.has(&Notice::Lost)).await;
        proxy.pass();
        until("it is back", || ear.has(&Notice::Restored)).await;
        ear.take();
    }
}

#[tokio::test]
async fn s_35_bytes_that_nobody_understands_are_messages_that_were_missed() {
    let redis = Server::start();
    let bus = bus_at(&redis.url()).await;
    let ear = Ear::on(&bus).await;
    for garbage in ["", "hello", "\u{2}k", "\u{1}k"] {
        redis.cli(&["PUBLISH", "cachefn:bus", garbage]);
        until("it is told", || ear.all().len() == 2).await;
        assert_eq!(ear.take(), [Notice::Lost, Notice::Restored], "{garbage:?}");
    }
}

#[tokio::test]
async fn s_35_no_task_and_no_connection_is_left_when_nobody_hears() {
    let redis = Server::start();
    let tasks = Tasks::here();
    let bus = bus_on(&redis.url(), tasks.clone()).await;
    let (one, other) = (Ear::on(&bus).await, Ear::opened(&bus));
    let idle = 2; // ours and the bus's
    assert_eq!(tasks.running(), idle + 1, "one task for all");
    drop(one);
    let message = Message::new("c", 7, Invalidation::Everything);
    bus.publish(&message).await.unwrap();
    until("the other one hears on", || !other.messages().is_empty()).await;
    drop(other);
    until("the task ends", || tasks.running() == idle).await;
    let subscribers = || redis.cli(&["PUBSUB", "NUMSUB", "cachefn:bus"]).ends_with('0');
    until("the connection ends", subscribers).await;
    // And it begins anew.
    drop(Ear::on(&bus).await);
    until("the task ends again", || tasks.running() == idle).await;
}
