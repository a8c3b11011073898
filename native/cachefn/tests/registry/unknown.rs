//! Functions that ask for a cache which nobody has set up.

use std::process::Command;

use cachefn::cachefn;
use cachefn::config::Config;
use cachefn::registry::Registry;
use tracing_subscriber::layer::SubscriberExt;

use crate::hearing::Heard;
use crate::support::{end, open};

const PROGRAM: &str = "CACHEFN_TEST_UNKNOWN";

#[cachefn(cache = "unknown_uesrs")]
fn early(id: u64) -> u64 {
    id
}

#[cachefn(cache = "unknown_uesrs")]
fn also(id: u64) -> u64 {
    id
}

#[cachefn(cache = "unknown_page")]
fn late(id: u64) -> u64 {
    id
}

#[cachefn(cache = "unknown_by_itself")]
fn alone(id: u64) -> u64 {
    id
}

/// Names and their listeners are those of a whole process, so it is one without other tests.
#[test]
fn h_39_a_name_that_no_service_has_is_warned_of_once_with_those_that_there_are() {
    let mut command = Command::new(std::env::current_exe().expect("this test is a program"));
    command.args(["--exact", "unknown::the_program_with_names_that_nobody_has", "--nocapture"]);
    let ended = command.env(PROGRAM, "").output().expect("it runs");
    let told = [ended.stdout, ended.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
    assert!(ended.status.success() && told[0].contains("1 passed"), "{}", told.concat());
}

/// Does something only where the test above started it.
#[tokio::test]
async fn the_program_with_names_that_nobody_has() {
    if std::env::var_os(PROGRAM).is_none() {
        return;
    }
    let heard = Heard::of("cachefn::registry");
    let subscriber = tracing_subscriber::registry().with(heard.clone());
    let _guard = tracing::subscriber::set_default(subscriber);
    early(1);
    assert_eq!(heard.events(), [""; 0], "nobody is there who could tell");

    let text = "[services.unknown_users]\n[services.unknown_pages]\n";
    let config = Config::read(text).expect("nothing is wrong");
    let registry = Registry::open_everywhere(config).await.expect("it opens");
    early(2);
    also(1);
    late(1);
    late(2);
    let told = heard.events();
    assert_eq!(told.len(), 2, "{told:#?}");
    for (told, [name, near]) in
        told.iter().zip([["unknown_uesrs", "unknown_users"], ["unknown_page", "unknown_pages"]])
    {
        assert!(told.starts_with("WARN "), "{told}");
        for text in [
            format!("name={name} "),
            "known=unknown_pages, unknown_users ".into(),
            format!("there is no service {name}; did you mean {near}?"),
        ] {
            assert!(told.contains(&text), "{text}: {told}");
        }
    }
    let unknown = async |registry: &Registry| registry.health().await.unknown_caches;
    assert_eq!(unknown(&registry).await, ["unknown_page", "unknown_uesrs"]);

    alone(1);
    assert_eq!(unknown(&registry).await.len(), 3);
    let other = open("[services.unknown_by_itself]\n").await;
    let told = heard.events();
    assert_eq!(told.len(), 4, "the second registry tells of its own name alone: {told:#?}");
    assert!(told[3].contains("open it with open_everywhere or init"), "{}", told[3]);
    assert_eq!(unknown(&other).await, ["unknown_by_itself"]);
    cachefn::NamedCache::builder("unknown_by_itself").register().expect("it is free");
    assert_eq!(unknown(&other).await, [""; 0]);
    end(other).await;
    end(registry).await;
}
