//! One fetch for all who ask alike, and what happens when its response is for one of them.

use std::sync::Arc;

use cachefn::tokio::TokioRuntime;

use crate::support::*;

#[tokio::test]
async fn rfc9111_4_many_who_ask_at_once_share_one_fetch() {
    let site = site();
    site.origin.shut();
    let clients = crowd(&site, 10, &[]).await;
    assert_eq!(site.origin.asked(), 1);
    site.origin.let_through(1);
    let mut collapsed = 0;
    for client in clients {
        let got = client.await.unwrap();
        assert_eq!(got.body, "text");
        collapsed += usize::from(got.why() == "fwd=miss; collapsed");
    }
    assert_eq!((site.origin.asked(), collapsed), (1, 9));
}

#[tokio::test]
async fn a_response_that_turns_out_private_is_not_shared_and_nobody_queues_for_it() {
    let site = site();
    site.origin.answers(|_| reply(&[("cache-control", "private, max-age=60")], "yours"));
    site.origin.shut();
    let clients = crowd(&site, 5, &[]).await;
    assert_eq!(site.origin.asked(), 1);
    site.origin.let_through(1);
    settle().await;
    // All the others ask at once now, and not one after the other.
    assert_eq!(site.origin.asked(), 5);
    site.origin.let_through(4);
    for client in clients {
        let got = client.await.unwrap();
        assert!(got.body == "yours" && !got.why().contains("collapsed"), "{got:?}");
    }
    // And who comes next does not wait for anybody.
    let clients = crowd(&site, 3, &[]).await;
    assert_eq!(site.origin.asked(), 8);
    site.origin.let_through(3);
    for client in clients {
        client.await.unwrap();
    }
}

#[tokio::test]
async fn who_waited_and_chose_otherwise_asks_for_itself() {
    let site = site();
    site.origin.answers(|asked| {
        let language = asked.headers["accept-language"].to_str().unwrap().to_string();
        reply(&[("cache-control", "max-age=60"), ("vary", "accept-language")], language)
    });
    site.origin.shut();
    let german = crowd(&site, 2, &[("accept-language", "de")]).await;
    let french = crowd(&site, 1, &[("accept-language", "fr")]).await;
    assert_eq!(site.origin.asked(), 1);
    site.origin.let_through(2);
    for client in german {
        assert_eq!(client.await.unwrap().body, "de");
    }
    for client in french {
        assert_eq!(client.await.unwrap().body, "fr");
    }
    assert_eq!(site.origin.asked(), 2);
}

#[tokio::test]
async fn those_who_choose_differently_do_not_wait_for_each_other_once_it_is_known() {
    let site = site();
    site.origin
        .answers(|_| reply(&[("cache-control", "max-age=60"), ("vary", "accept-language")], ""));
    site.get_with("/", &[("accept-language", "en")]).await;
    site.origin.shut();
    let german = crowd(&site, 2, &[("accept-language", "de")]).await;
    let french = crowd(&site, 2, &[("accept-language", "fr")]).await;
    assert_eq!(site.origin.asked(), 3);
    site.origin.let_through(2);
    for client in german.into_iter().chain(french) {
        client.await.unwrap();
    }
}

#[tokio::test]
async fn what_must_be_validated_each_time_is_not_shared() {
    let site = site();
    site.origin.answers(|_| reply(&[("cache-control", "no-cache"), ("etag", "\"1\"")], "text"));
    site.origin.shut();
    let clients = crowd(&site, 3, &[]).await;
    site.origin.let_through(3);
    for client in clients {
        assert!(!client.await.unwrap().why().contains("collapsed"));
    }
    assert_eq!(site.origin.asked(), 3);
}

#[tokio::test]
async fn a_failure_of_the_service_is_each_clients_own() {
    let site = site();
    site.origin.answers(|_| Err("down"));
    site.origin.shut();
    let mut clients = Vec::new();
    for _ in 0..3 {
        let site = site.clone();
        clients.push(tokio::spawn(async move { site.try_ask(get("/", &[])).await.map(|_| ()) }));
    }
    settle().await;
    assert_eq!(site.origin.asked(), 1);
    site.origin.let_through(3);
    for client in clients {
        assert_eq!(client.await.unwrap(), Err("down"));
    }
    assert_eq!(site.origin.asked(), 3);
}

#[tokio::test]
async fn a_client_that_hangs_up_does_not_end_the_fetch_of_the_others() {
    let site = site();
    site.origin.shut();
    let mut clients = crowd(&site, 3, &[]).await;
    let first = clients.remove(0);
    first.abort();
    assert!(first.await.unwrap_err().is_cancelled());
    site.origin.let_through(1);
    for client in clients {
        assert_eq!(client.await.unwrap().body, "text");
    }
    assert_eq!(site.origin.asked(), 1);
}

#[tokio::test]
async fn rfc5861_3_one_asks_in_the_background_while_all_get_what_is_kept() {
    let runtime = TokioRuntime::current().unwrap();
    let site = site_with(|builder| builder.runtime(runtime));
    let body = Arc::new(std::sync::Mutex::new("old"));
    let said = body.clone();
    site.origin.answers(move |_| {
        reply(&[("cache-control", "max-age=10, stale-while-revalidate=30")], *said.lock().unwrap())
    });
    site.get("/").await;
    *body.lock().unwrap() = "new";
    site.seconds(15);
    site.origin.shut();
    let clients = crowd(&site, 5, &[]).await;
    for client in clients {
        let got = client.await.unwrap();
        assert_eq!((&*got.body, got.why()), ("old", "hit; ttl=-5; detail=stale-while-revalidate"));
    }
    assert_eq!(site.origin.asked(), 2);
    site.origin.let_through(1);
    settle().await;
    let got = site.get("/").await;
    assert_eq!((&*got.body, got.hit()), ("new", true));
    assert_eq!(site.origin.asked(), 2);
}

#[tokio::test]
async fn rfc5861_3_after_the_window_all_wait_for_the_origin() {
    let runtime = TokioRuntime::current().unwrap();
    let site = site_with(|builder| builder.runtime(runtime));
    let said = [("cache-control", "max-age=10, stale-while-revalidate=30")];
    site.origin.answers(move |_| reply(&said, "old"));
    site.get("/").await;
    site.origin.answers(move |_| reply(&said, "new"));
    site.seconds(40);
    assert_eq!(site.get("/").await.body, "new");
}

#[tokio::test]
async fn rfc5861_3_without_a_runtime_one_waits_and_the_others_do_not() {
    let site = site();
    site.origin
        .answers(|_| reply(&[("cache-control", "max-age=10, stale-while-revalidate=30")], "text"));
    site.get("/").await;
    site.seconds(15);
    site.origin.shut();
    let first = crowd(&site, 1, &[]).await.remove(0);
    assert!(!first.is_finished());
    assert!(site.get("/").await.hit());
    site.origin.let_through(1);
    assert_eq!(first.await.unwrap().why(), "fwd=stale; stored");
    assert_eq!(site.origin.asked(), 2);
}

#[tokio::test]
async fn rfc9111_5_2_1_7_only_if_cached_takes_what_is_stale_within_the_window_and_asks_nobody() {
    let runtime = TokioRuntime::current().unwrap();
    for site in [site(), site_with(|builder| builder.runtime(runtime))] {
        site.origin.answers(|_| {
            reply(&[("cache-control", "max-age=10, stale-while-revalidate=30")], "text")
        });
        site.get("/").await;
        site.seconds(15);
        for method in ["GET", "HEAD"] {
            let only = request(method, "/", &[("cache-control", "only-if-cached")], "");
            let got = site.ask(only).await;
            let why = "hit; ttl=-5; detail=stale-while-revalidate";
            assert_eq!((got.status, got.why()), (200, why), "{method}");
            settle().await;
            assert_eq!(site.origin.asked(), 1, "{method}");
        }
        // The duty is still there for who may ask.
        site.get("/").await;
        settle().await;
        assert_eq!(site.origin.asked(), 2);
    }
}

#[tokio::test(start_paused = true)]
async fn nobody_waits_for_longer_than_allowed() {
    let runtime = TokioRuntime::current().unwrap();
    let second = std::time::Duration::from_secs(1);
    let site = site_with(|builder| builder.runtime(runtime).wait_at_most(second));
    site.origin.shut();
    let clients = crowd(&site, 2, &[]).await;
    assert_eq!(site.origin.asked(), 1);
    // Time is not real here: it passes when all wait.
    tokio::time::sleep(2 * second).await;
    settle().await;
    assert_eq!(site.origin.asked(), 2);
    site.origin.let_through(2);
    for client in clients {
        assert_eq!(client.await.unwrap().body, "text");
    }
}

#[tokio::test]
async fn a_pattern_removes_what_is_being_fetched_too() {
    for pattern in ["http://example.com/", "http://*/", "http://example.com*"] {
        let site = site();
        site.origin.shut();
        let client = crowd(&site, 1, &[]).await.remove(0);
        let glob = cachefn::Glob::new(pattern).unwrap();
        site.cache.invalidate_by_pattern(&glob).await.unwrap();
        site.origin.let_through(2);
        assert_eq!(client.await.unwrap().body, "text");
        assert!(!site.get("/").await.hit(), "{pattern}");
    }
}

#[tokio::test]
async fn what_was_invalidated_while_it_was_fetched_is_not_kept() {
    let site = site();
    site.origin.shut();
    let client = crowd(&site, 1, &[]).await.remove(0);
    site.cache.invalidate_uri("http://example.com/").await.unwrap();
    site.origin.let_through(2);
    assert_eq!(client.await.unwrap().body, "text");
    assert!(!site.get("/").await.hit());
}
