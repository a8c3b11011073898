//! What is said in one process is heard in the others.

use cachefn_core::{Bus, Invalidation, Message, Mode, Notice};
use cachefn_servers::Server;

use crate::support::*;

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| text.to_string()).collect()
}

#[tokio::test]
async fn s_35_every_kind_of_message_arrives_as_it_was_sent() {
    let redis = Server::start();
    let (one, other) = (bus_at(&redis.url()).await, bus_at(&redis.url()).await);
    let ear = Ear::on(&other).await;
    let long: Vec<String> = (0..200).map(|n| format!("{n}:{}", "x".repeat(1_000))).collect();
    let whats = [
        Invalidation::Keys(owned(&["a", "", "é\0"])),
        Invalidation::Tags(owned(&["t"]), Mode::Remove),
        Invalidation::Tags(owned(&["t"]), Mode::Expire),
        Invalidation::Patterns(owned(&["*"]), Mode::Remove),
        Invalidation::Everything,
    ];
    for what in whats {
        let message = Message::new("shop/users", 7, what);
        one.publish(&message).await.unwrap();
        until("it arrives", || !ear.messages().is_empty()).await;
        assert_eq!(ear.take(), [Notice::Message(message)]);
    }
    let message = Message::new("shop", 7, Invalidation::Keys(long.clone()));
    one.publish(&message).await.unwrap();
    let told = || -> Vec<String> {
        let keys = |message: Message| match message.what {
            Invalidation::Keys(keys) => keys,
            _ => panic!("keys"),
        };
        ear.messages().into_iter().flat_map(keys).collect()
    };
    until("all keys arrive", || told().len() == long.len()).await;
    assert_eq!(told(), long);
}
