//! Connections that are lost, and what is said of it.

use cachefn_core::{Bus, ErrorKind, Invalidation, Message, Notice};
use cachefn_servers::{Proxy, Server};

use crate::support::*;

#[tokio::test]
async fn s_35_a_subscription_says_that_it_is_lost_until_the_server_has_confirmed_it() {
    let redis = Server::start();
    for way in Way::ALL {
        let process = Process::start(way, &redis.url()).await;
        let ear = Ear::opened(&process.bus());
        assert_eq!(ear.all(), [Notice::Lost], "at once");
        let both = [Notice::Lost, Notice::Restored];
        until("it is confirmed", async || ear.all() == both).await;
        let other = Ear::opened(&process.bus());
        assert_eq!(other.all(), [], "it joins what holds");
        assert_eq!(process.failure(), None);
    }
}

#[tokio::test]
async fn h_38_a_connection_that_is_killed_is_told_at_once_and_replaced() {
    let redis = Server::start();
    for way in Way::ALL {
        let process = Process::start(way, &redis.url()).await;
        let bus = process.bus();
        let ear = Ear::on(&bus).await;
        redis.cli(&["CLIENT", "KILL", "TYPE", "pubsub"]);
        until("it is lost and back", async || ear.was_lost_and_restored()).await;
        let message = Message::new("c", 7, Invalidation::Everything);
        bus.publish(&message).await.unwrap();
        let heard = Notice::Message(message);
        until("messages arrive", async || ear.has(&heard)).await;
    }
}

#[tokio::test]
async fn h_38_a_server_that_stands_still_is_noticed_and_so_is_its_awakening() {
    let redis = Server::start();
    for way in Way::ALL {
        let process = Process::start(way, &redis.url()).await;
        let ear = Ear::on(&process.bus()).await;
        redis.stop();
        until("it is lost", async || ear.has(&Notice::Lost)).await;
        let failure = process.failure().expect("it says why").to_string();
        assert!(failure.starts_with("subscribe: "), "{failure}");
        redis.cont();
        until("it is back", async || ear.has(&Notice::Restored)).await;
    }
}

#[tokio::test]
async fn h_38_a_connection_that_is_cut_on_one_side_is_noticed() {
    let redis = Server::start();
    let proxy = Proxy::to(redis.port());
    for way in Way::ALL {
        let process = Process::start(way, &proxy.url()).await;
        let ear = Ear::on(&process.bus()).await;
        for fault in [Proxy::half_open, Proxy::black_hole] {
            fault(&proxy);
            until("it is lost", async || ear.has(&Notice::Lost)).await;
            proxy.pass();
            until("it is back", async || ear.has(&Notice::Restored)).await;
            ear.take();
        }
    }
}

#[tokio::test]
async fn h_38_a_server_that_is_away_when_it_begins_is_found_when_it_comes() {
    let redis = Server::start();
    for way in Way::ALL {
        let process = Process::start(way, &redis.url()).await;
        redis.kill();
        let ear = Ear::opened(&process.bus());
        until("it says why", async || process.failure().is_some()).await;
        assert_eq!(ear.all(), [Notice::Lost]);
        redis.restart();
        until("it is there", async || ear.has(&Notice::Restored)).await;
    }
}

#[tokio::test]
async fn s_35_bytes_that_nobody_understands_are_messages_that_were_missed() {
    let redis = Server::start();
    for way in Way::ALL {
        let ear = Ear::on(&Process::start(way, &redis.url()).await.bus()).await;
        for garbage in ["", "hello", "\u{2}k", "\u{1}k"] {
            redis.cli(&["PUBLISH", "cachefn:bus", garbage]);
            until("it is told", async || ear.all().len() == 2).await;
            assert_eq!(ear.take(), [Notice::Lost, Notice::Restored], "{garbage:?}");
        }
    }
}

#[tokio::test]
async fn s_35_no_task_and_no_connection_is_left_when_nobody_hears() {
    let redis = Server::start();
    for way in Way::ALL {
        let process = Process::start(way, &redis.url()).await;
        let bus = process.bus();
        let (one, other) = (Ear::on(&bus).await, Ear::opened(&bus));
        assert_eq!(process.runtime.tasks(), 1, "one task for all");
        drop(one);
        let message = Message::new("c", 7, Invalidation::Everything);
        bus.publish(&message).await.unwrap();
        until("the other one hears on", async || !other.messages().is_empty()).await;
        drop(other);
        until("the task ends", async || process.runtime.tasks() == 0).await;
        let subscribers = || redis.cli(&["PUBSUB", "NUMSUB", "cachefn:bus"]);
        until("the connection ends", async || subscribers().ends_with('0')).await;
        // And it begins anew.
        drop(Ear::on(&bus).await);
        until("the task ends again", async || process.runtime.tasks() == 0).await;
    }
}

#[tokio::test]
async fn s_35_a_hearer_may_end_itself_while_it_hears() {
    let redis = Server::start();
    for way in Way::ALL {
        let process = Process::start(way, &redis.url()).await;
        let hearing = std::sync::Arc::new(std::sync::Mutex::new(None));
        let own = hearing.clone();
        let hear = std::sync::Arc::new(move |notice| {
            if notice == Notice::Restored {
                let gone = own.lock().unwrap().take();
                drop(gone);
            }
        });
        *hearing.lock().unwrap() = Some(process.bus().subscribe(hear));
        until("the task ends", async || process.runtime.tasks() == 0).await;
        assert!(hearing.lock().unwrap().is_none());
    }
}

#[tokio::test]
async fn h_35_a_login_that_may_not_subscribe_is_told_what_it_needs() {
    let builder = Server::builder().acl("user closed on >secret ~cachefn:* resetchannels +@all");
    let redis =
        builder.acl("user open on >secret ~cachefn:* resetchannels &cachefn:bus* +@all").start();
    for way in Way::ALL {
        let closed = Process::start(way, &redis.url_for("closed", "secret")).await;
        let ear = Ear::opened(&closed.bus());
        until("it says why", async || closed.failure().is_some()).await;
        let failure = closed.failure().unwrap();
        assert_eq!(failure.kind(), ErrorKind::Config, "{failure}");
        assert!(failure.to_string().contains("NOPERM"), "{failure}");
        assert!(!failure.to_string().contains("secret"), "{failure}");
        assert_eq!(ear.all(), [Notice::Lost]);
        let message = Message::new("c", 7, Invalidation::Everything);
        assert_eq!(closed.bus().publish(&message).await.unwrap_err().kind(), ErrorKind::Config);
        let open = Process::start(way, &redis.url_for("open", "secret")).await;
        let ear = Ear::on(&open.bus()).await;
        open.bus().publish(&message).await.unwrap();
        until("it is heard", async || !ear.messages().is_empty()).await;
    }
}

#[test]
fn s_35_a_runtime_that_ends_is_a_loss_and_the_next_one_that_changes_something_mends_it() {
    let redis = Server::start();
    for way in Way::ALL {
        let runtime = || tokio::runtime::Runtime::new().unwrap();
        let first = runtime();
        let process = first.block_on(Process::start(way, &redis.url()));
        let cache = first.block_on(process.cache("c"));
        let ear = first.block_on(async { Ear::on(&process.bus()).await });
        drop(first);
        assert_eq!(ear.take(), [Notice::Lost], "{way:?}");
        runtime().block_on(async {
            until("it is written", async || cache.set(1, 1).await.is_ok()).await;
            until("it is back", async || ear.has(&Notice::Restored)).await;
            cache.set(1, 2).await.unwrap();
            until("it is told", async || ear.told_of("c", "1")).await;
        });
    }
}
