//! What is written down of changes.

use std::path::Path;
use std::time::Duration;

use cachefn::ManualClock;
use cachefn::audit::{Audit, AuditEvent, What};
use cachefn::config::Config;
use cachefn::registry::Registry;
use tracing_subscriber::layer::SubscriberExt;

use crate::hearing::Heard;
use crate::subscribers::subscribe;
use crate::support::end;

/// The lines of an audit file, as kind, service and detail.
fn lines(path: &Path) -> Vec<[String; 3]> {
    let text = std::fs::read_to_string(path).expect("an audit file");
    let read = |line: &str| {
        let event: serde_json::Value = serde_json::from_str(line).expect("one event in a line");
        assert!(event["at_ms"].is_u64() && event["who"].is_string(), "{line}");
        ["what", "service", "detail"].map(|key| event[key].as_str().expect("a text").to_string())
    };
    text.lines().map(read).collect()
}

#[tokio::test]
async fn every_change_is_one_line_with_who_and_what() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("cachefn.toml");
    let text = "[global]\naudit.file = \"audit.log\"\n[services.users]\nttl = \"10m\"\n";
    let config =
        Config::loader(&path).variables([("A", "b")]).read(text).expect("nothing is wrong");
    let registry = Registry::open(config.clone()).await.expect("it opens");
    let users = registry.service("users").expect("it is configured");
    users.invalidate_by_tags(["user:7", "user:8"], "ada@support").await.expect("memory");
    users.clear("ada@support").await.expect("memory");
    let mut other = config;
    other.services.get_mut("users").expect("it is there").l1.max_entries = Some(5);
    registry.reload(&other);
    end(registry).await;

    let expected = [
        ["open", "users", ""],
        ["invalidate", "users", "tags user:7, user:8"],
        ["clear", "users", ""],
        ["configure", "users", "services.users.l1.max_entries: none became 5"],
        ["end", "", ""],
    ];
    assert_eq!(lines(&folder.path().join("audit.log")), expected);
}

#[cachefn::cachefn(cache = "users", tags = ["user:{id}"])]
async fn name(id: u64) -> String {
    format!("user {id}")
}

#[tokio::test]
async fn what_the_program_itself_removes_is_one_line_for_each_call() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("cachefn.toml");
    let address = format!("file:{}", folder.path().join("cache.db").display());
    let text = format!(
        "[global]\naudit.file = \"audit.log\"\n[services.users]\n[services.pages]\n\
         cache_type = \"two-level\"\nl2.connection_string = {address:?}\n"
    );
    let config = Config::loader(&path).read(&text).expect("nothing is wrong");
    let registry = Registry::open(config).await.expect("it opens");
    let users = registry.cache::<u64>("users").expect("numbers");
    let pages = registry.cache::<u64>("pages").expect("numbers");
    for cache in [&users, &pages] {
        cache.set_many((0..30).map(|key| (key.to_string(), key))).await.expect("there is room");
        assert_eq!(cache.get("7").await, Ok(Some(7)));
        assert_eq!(cache.get_or_fetch("7", async || 8).await, 7);
    }
    users.delete("7").await.expect("memory");
    users.delete("nobody").await.expect("memory");
    let many: Vec<String> = (10..28).map(|key| key.to_string()).collect();
    pages.delete_many(&many).await.expect("the file");
    pages.invalidate_by_tags(["a", "b"]).await.expect("the file");
    pages.invalidate_by_pattern(&cachefn::Glob::prefix("2")).await.expect("the file");
    pages.expire("3").await.expect("the file");
    pages.clear().await.expect("the file");
    let named = registry.named("users").expect("it is configured");
    cachefn::with_cache_async("users", &named, async {
        name(7).await;
        name::cache().invalidate_by_tag("user:7").await.expect("memory");
    })
    .await;
    named.invalidate_by_tag("user:8").await.expect("memory");
    let service = registry.service("users").expect("it is configured");
    service.clear("ada@support").await.expect("memory");
    let function = name_of_function(&registry);
    end(registry).await;

    let sixteen = many[..16].join(", ");
    let expected = [
        ["open", "pages, users", ""],
        ["delete", "users", "keys 7"],
        ["delete", "users", "keys nobody"],
        ["delete", "pages", &format!("keys {sixteen} and 2 more")],
        ["invalidate", "pages", "tags a, b"],
        ["invalidate", "pages", "patterns 2*"],
        ["delete", "pages", "keys 3"],
        ["clear", "pages", ""],
        ["invalidate", "users", &format!("of {function}; tags user:7")],
        ["invalidate", "users", "tags user:8"],
        ["clear", "users", ""],
        ["end", "", ""],
    ];
    assert_eq!(lines(&folder.path().join("audit.log")), expected);
}

/// The namespace of the function above in its named cache.
fn name_of_function(registry: &Registry) -> String {
    let named = registry.named("users").expect("it is configured");
    cachefn::with_cache("users", &named, || name::cache().name().to_string())
}

#[tokio::test]
async fn removals_that_fail_are_told_with_the_reason_and_may_be_left_out() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("cachefn.toml");
    for (removals, count) in [("", 1), ("audit.removals = false\n", 0)] {
        let log = folder.path().join(format!("audit{count}.log"));
        let text = format!("[global]\naudit.file = {log:?}\n{removals}[services.users]\n");
        let config = Config::loader(&path).read(&text).expect("nothing is wrong");
        let registry = Registry::open(config).await.expect("it opens");
        let users = registry.cache::<u64>("users").expect("numbers");
        users.close().await.expect("it was open");
        let named = registry.named("users").expect("it is configured");
        named.invalidate_by_tag("a").await.expect_err("it is closed");
        let told: Vec<_> =
            lines(&log).into_iter().filter(|[what, ..]| what == "invalidate").collect();
        assert_eq!(told.len(), count, "{told:?}");
        for [_, _, detail] in told {
            assert!(detail.starts_with("tags a; failed: invalidate_by_tags: "), "{detail}");
        }
        // Somebody has closed one of its caches before it.
        registry.shutdown_all(Duration::from_secs(20)).await;
    }
}

#[tokio::test]
async fn removals_go_on_in_the_next_file_when_one_is_full() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("cachefn.toml");
    let text = "[global]\naudit.file = \"audit.log\"\naudit.max_bytes = 1000\naudit.keep = 99\n[services.users]\n";
    let config = Config::loader(&path).read(text).expect("nothing is wrong");
    let registry = Registry::open(config).await.expect("it opens");
    let users = registry.cache::<u64>("users").expect("numbers");
    for key in 0..100 {
        users.delete(&key.to_string()).await.expect("memory");
    }
    end(registry).await;
    let files = std::fs::read_dir(folder.path()).expect("the folder");
    let files: Vec<_> = files.map(|file| file.expect("a file").path()).collect();
    assert!(files.len() > 5, "{files:?}");
    let mut keys: Vec<u64> = Vec::new();
    for file in &files {
        let deleted = lines(file).into_iter().filter(|[what, ..]| what == "delete");
        keys.extend(deleted.map(|[_, _, detail]| {
            detail.strip_prefix("keys ").expect("a key").parse::<u64>().expect("a number")
        }));
    }
    keys.sort_unstable();
    assert_eq!(keys, (0..100).collect::<Vec<_>>());
}

#[test]
fn a_full_file_is_begun_anew_and_so_many_older_ones_are_kept() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("audit.log");
    let clock = ManualClock::new();
    let audit = Audit::with_clock(&path, 200, 2, clock).expect("a file");
    for number in 0..10 {
        audit.tell(AuditEvent::new(What::Clear, format!("service{number}"), "ada"));
    }
    let older = |number: usize| folder.path().join(format!("audit.log.{number}"));
    let services =
        |path: &Path| lines(path).into_iter().map(|[_, service, _]| service).collect::<Vec<_>>();
    assert_eq!(services(&path), ["service8", "service9"]);
    assert_eq!(services(&older(1)), ["service6", "service7"]);
    assert_eq!(services(&older(2)), ["service4", "service5"]);
    assert!(!older(3).exists());
    assert!(std::fs::metadata(&path).expect("the file").len() <= 200);
    // Another process goes on where this one ended.
    drop(audit);
    let audit = Audit::with_clock(&path, 200, 2, ManualClock::new()).expect("a file");
    audit.tell(AuditEvent::new(What::Clear, "service10", "ada"));
    assert_eq!(services(&older(1)), ["service8", "service9"]);
}

/// As a rotation leaves it that could rename the file and not begin another one, or somebody else's tool.
#[test]
fn a_file_that_is_gone_is_begun_anew_and_costs_no_older_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("audit.log");
    let older = |number: usize| folder.path().join(format!("audit.log.{number}"));
    let services =
        |path: &Path| lines(path).into_iter().map(|[_, service, _]| service).collect::<Vec<_>>();
    let audit = Audit::with_clock(&path, 200, 2, ManualClock::new()).expect("a file");
    let tell = |audit: &Audit, number: usize| {
        audit.tell(AuditEvent::new(What::Clear, format!("service{number}"), "ada"));
    };
    (0..6).for_each(|number| tell(&audit, number));
    std::fs::remove_file(&path).expect("it was there");
    tell(&audit, 6);
    assert_eq!(services(&path), ["service6"]);
    assert_eq!(services(&older(1)), ["service2", "service3"]);
    assert_eq!(services(&older(2)), ["service0", "service1"]);

    let path = folder.path().join("alone.log");
    let audit = Audit::with_clock(&path, 200, 0, ManualClock::new()).expect("a file");
    (0..2).for_each(|number| tell(&audit, number));
    std::fs::remove_file(&path).expect("it was there");
    (2..5).for_each(|number| tell(&audit, number));
    assert_eq!(services(&path), ["service4"]);
}

#[test]
fn a_file_of_several_processes_has_the_events_of_each_and_is_bounded() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("audit.log");
    let open = || Audit::with_clock(&path, 200, 1, ManualClock::new()).expect("a file");
    let (quiet, busy) = (open(), open());
    let tell = |audit: &Audit, number: usize| {
        audit.tell(AuditEvent::new(What::Clear, format!("service{number}"), "ada"));
        let services: Vec<_> = lines(&path).into_iter().map(|[_, service, _]| service).collect();
        assert_eq!(services.last(), Some(&format!("service{number}")), "{services:?}");
        assert!(std::fs::metadata(&path).expect("it is there").len() <= 200);
    };
    // It begins the next file twice, so that the one that the other has open is gone.
    (0..6).for_each(|number| tell(&busy, number));
    (6..12).for_each(|number| tell(if number % 2 == 0 { &quiet } else { &busy }, number));
}

#[tokio::test]
async fn a_reload_tells_of_a_service_by_its_whole_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("cachefn.toml");
    let text = "[global]\naudit.file = \"audit.log\"\n[services.a]\n[services.\"a.b\"]\n";
    let config =
        Config::loader(&path).variables([("A", "b")]).read(text).expect("nothing is wrong");
    let registry = Registry::open(config.clone()).await.expect("it opens");
    let mut other = config;
    for name in ["a", "a.b"] {
        other.services.get_mut(name).expect("it is there").l1.max_entries = Some(5);
    }
    registry.reload(&other);
    end(registry).await;
    let told = lines(&folder.path().join("audit.log"));
    let services: Vec<&str> =
        told.iter().filter(|line| line[0] == "configure").map(|line| &*line[1]).collect();
    assert_eq!(services, ["a", "a.b"]);
}

#[test]
fn a_file_that_cannot_be_written_is_told_when_it_is_opened() {
    let folder = tempfile::tempdir().expect("a folder");
    let error = Audit::to_file(folder.path(), 200, 2).unwrap_err();
    assert!(error.to_string().starts_with("audit: "), "{error}");
}

#[test]
fn tracing_is_told_each_event_with_its_fields() {
    let heard = Heard::of("cachefn::audit");
    let subscriber = tracing_subscriber::registry().with(heard.clone());
    let _guard = subscribe(subscriber);
    Audit::new().tell(AuditEvent::new(What::Clear, "users", "ada").detail("a ticket"));
    let heard = heard.events();
    assert_eq!(heard.len(), 1);
    for field in ["what=\"clear\"", "service=users", "who=ada", "detail=a ticket"] {
        assert!(heard[0].contains(field), "{}", heard[0]);
    }
}
