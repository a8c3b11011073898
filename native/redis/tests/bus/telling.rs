//! What is said in one process is heard in the others.

use cachefn_core::{Bus, Invalidation, Message, Mode, Notice};
use cachefn_servers::Server;

use crate::support::*;

#[tokio::test]
async fn s_35_every_kind_of_message_arrives_as_it_was_sent() {
    let redis = Server::start();
    for way in Way::ALL {
        let one = Process::start(way, &redis.url()).await.bus();
        let other = Process::start(way, &redis.url()).await.bus();
        let ear = Ear::on(&other).await;
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
            until("it arrives", async || !ear.messages().is_empty()).await;
            assert_eq!(ear.take(), [Notice::Message(message)], "{way:?}");
        }
        let long: Vec<String> = (0..200).map(|n| format!("{n}:{}", "x".repeat(1_000))).collect();
        let message = Message::new("shop", 7, Invalidation::Keys(long.clone()));
        one.publish(&message).await.unwrap();
        let told = || -> Vec<String> {
            let keys = |message: Message| match message.what {
                Invalidation::Keys(keys) => keys,
                _ => panic!("keys"),
            };
            ear.messages().into_iter().flat_map(keys).collect()
        };
        until("all keys arrive", async || told().len() == long.len()).await;
        assert_eq!(told(), long, "{way:?}");
    }
}

#[tokio::test]
async fn s_35_those_of_another_prefix_hear_nothing() {
    let redis = Server::start();
    for way in Way::ALL {
        let prefixed = cachefn_redis::Redis::builder(redis.url()).prefix("other");
        let other = Process::over(way, prefixed.connect().await.unwrap());
        let own = Process::start(way, &redis.url()).await;
        let (there, here) = (Ear::on(&other.bus()).await, Ear::on(&own.bus()).await);
        let cache = own.cache("c").await;
        cache.set(1, 1).await.unwrap();
        until("it is heard here", async || here.told_of("c", "1")).await;
        other.cache("d").await.set(2, 2).await.unwrap();
        until("their own is heard there", async || there.told_of("d", "2")).await;
        assert!(!there.told_of("c", "1") && !here.told_of("d", "2"), "{way:?}");
    }
}
