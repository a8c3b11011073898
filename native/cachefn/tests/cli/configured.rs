//! Storages named by a configuration.

use std::path::PathBuf;
use std::time::Duration;

use cachefn::AnyCodec;
use cachefn::config::Config;
use cachefn::registry::Registry;
use cachefn_servers::Server;

use crate::support::*;

/// A configuration with two services in one file, one in memory and one in Redis.
fn written(place: &Place, url: &str) -> PathBuf {
    let path = place.path("cachefn.toml");
    let text = format!(
        "[global]\ndefault_ttl = \"1h\"\ncodec = \"json\"\n\
         [services.users]\ncache_type = \"two-level\"\nl2.connection_string = \"file:cache.db\"\n\
         [services.pages]\ncache_type = \"l2\"\ncodec = \"postcard\"\n\
         l2.connection_string = \"file:cache.db\"\n\
         [services.sums]\nl1.max_entries = 100\n\
         [services.prices]\ncache_type = \"two-level\"\nttl = \"5m\"\n\
         two_level.invalidation_channel = \"changes\"\n\
         [services.prices.l2]\nconnection_string = \"{url}\"\nprefix = \"shop\"\n"
    );
    std::fs::write(&path, text).unwrap();
    path
}

fn over(config: &std::path::Path, words: &[&str]) -> Ended {
    let mut command = program(words);
    command.arg("--config").arg(config);
    ended(command)
}

#[test]
fn a_service_stands_for_its_storage_its_name_its_codec_and_its_ttl() {
    let server = Server::builder().password("s3cret").start();
    let place = Place::filled();
    let config = written(&place, &server.url_for("default", "s3cret"));
    assert_eq!(over(&config, &["get", "user:2", "--service", "users"]).succeeds().out, "2\n");
    let keys = over(&config, &["keys", "--service", "users"]).succeeds();
    assert_eq!(keys.lines().len(), 3, "of this service alone");
    over(&config, &["set", "k", "7", "-s", "prices"]).succeeds();
    let object = &over(&config, &["get", "k", "-s", "prices", "--json"]).succeeds().objects()[0];
    assert_eq!((&object["codec"], &object["value"]), (&"json".into(), &7.into()));
    assert!(object["left_ms"].as_u64().unwrap() <= 300_000, "{object}");
    assert_eq!(server.cli(&["EXISTS", "shop:prices:k"]), "1");
    let refused = over(&config, &["set", "/p", "1", "-s", "pages"]).fails(2);
    assert!(refused.told.contains("takes the type of the value"), "{refused:?}");
    assert_eq!(place.value("users", AnyCodec::Json, "user:3"), Some(3));
}

#[test]
fn h_39_a_service_that_is_not_there_or_has_no_storage_is_said_so() {
    let place = Place::filled();
    let config = written(&place, "redis://127.0.0.1:1/");
    for (words, told) in [
        (&["keys"][..], "name a service with --service: pages, prices, users"),
        (&["keys", "-s", "user"], "no service \"user\"; those with a storage are: pages, prices"),
        (&["keys", "-s", "sums"], "the service sums has no storage"),
        (&["keys", "--file", "x"], "name one storage"),
    ] {
        let ended = over(&config, words).fails(2);
        assert!(ended.told.contains(told), "{ended:?}");
    }
}

#[test]
fn services_that_share_a_storage_are_looked_at_together_and_changed_one_by_one() {
    let place = Place::filled();
    let config = place.path("cachefn.toml");
    let service = |name: &str, more: &str| {
        let address = "l2.connection_string = \"file:cache.db\"";
        format!("[services.{name}]\ncache_type = \"l2\"\n{address}\n{more}\n")
    };
    let write = |services: &[String]| std::fs::write(&config, services.concat()).unwrap();
    write(&[service("users", "l2.ttl = \"1h\""), service("more", ""), "[services.sums]\n".into()]);
    over(&config, &["set", "k", "7", "--tag", "eu", "--codec", "json", "-s", "more"]).succeeds();
    let names = |ended: Ended| {
        let objects = ended.succeeds().objects();
        let names = objects.iter().map(|object| object["namespace"].as_str().unwrap().to_string());
        names.collect::<std::collections::BTreeSet<_>>()
    };
    let both: std::collections::BTreeSet<_> = ["more", "users"].map(String::from).into();
    for command in ["stats", "keys", "tags"] {
        assert_eq!(names(over(&config, &[command, "--json"])), both, "{command}");
    }
    assert_eq!(names(over(&config, &["top", "--count", "1", "--json"])), both);
    assert_eq!(names(over(&config, &["export", "--json"])), both);
    // A line for a key does not say whose it is.
    let alone =
        [&["keys"][..], &["tags"], &["get", "k"], &["del", "k"], &["invalidate", "--all", "--yes"]];
    for words in alone {
        let refused = over(&config, words).fails(2);
        assert!(refused.told.contains("name a service with --service: more, users"), "{refused:?}");
    }
    let keys = over(&config, &["keys", "--json"]).succeeds().objects();
    assert_eq!(keys.len(), 4, "nothing was removed");
    write(&[service("users", "l2.timeout = \"1s\""), service("more", "")]);
    assert_eq!(names(over(&config, &["stats", "--json"])), both, "it is the same storage");
    write(&[service("users", ""), service("more", "").replace("cache.db", "other.db")]);
    let refused = over(&config, &["stats"]).fails(2);
    assert!(refused.told.contains("name a service with --service: more, users"), "{refused:?}");
}

#[test]
fn h_39_a_word_that_does_not_belong_to_the_named_storage_is_refused_and_removes_nothing() {
    let server = Server::start();
    let place = Place::filled();
    let config = written(&place, &server.url());
    let all = ["invalidate", "--all", "--yes"];
    for (more, told) in [
        (&["-s", "users", "--prefix", "staging"][..], "--prefix is for servers named by --url"),
        (&["-s", "users", "--master", "m"], "--master is for servers named by --url"),
        (&["-s", "users", "--cluster"], "--cluster is for servers named by --url"),
    ] {
        let ended = over(&config, &[&all[..], more].concat()).fails(2);
        assert!(ended.told.contains(told), "{ended:?}");
    }
    let doctor = over(&config, &["doctor", "--prefix", "staging"]).fails(2);
    assert!(doctor.told.contains("--prefix is for servers"), "{doctor:?}");
    over(&config, &["doctor", "--file", "x"]).fails(2);
    let here = place.run(&[&all[..], &["-n", "users", "--prefix", "staging"]].concat()).fails(2);
    assert!(here.told.contains("--prefix is for servers named by --url"), "{here:?}");
    assert_eq!(place.value("users", AnyCodec::Json, "user:1"), Some(1));

    let at = |words: &[&str]| {
        let mut command = program(words);
        command.args(["--url", &server.url()]);
        command
    };
    ended(at(&["set", "k", "1", "-n", "orders"])).succeeds();
    let mut by_variable = program(&[&all[..], &["-s", "users"]].concat());
    by_variable.env("CACHEFN_URL", server.url());
    for command in [at(&[&all[..], &["-s", "users"]].concat()), by_variable] {
        let other = ended(command).fails(2);
        assert!(other.told.contains("--service names one of a configuration"), "{other:?}");
    }
    assert_eq!(ended(at(&["get", "k", "-n", "orders"])).succeeds().out, "1\n");
}

#[test]
fn what_is_removed_of_a_service_is_removed_of_its_functions_too() {
    let place = Place::new();
    let config = place.path("cachefn.toml");
    let text = "[services.users]\ncache_type = \"l2\"\nttl = \"1h\"\nl2.connection_string = \"file:cache.db\"\n";
    std::fs::write(&config, text).unwrap();
    let names = ["users", "users/load", "users2"];
    let left = || {
        names.map(|name| {
            let value = |number| place.value(name, AnyCodec::Json, &format!("{number}"));
            [1, 2, 3].map(value).iter().flatten().count()
        })
    };
    let fill = || names.iter().for_each(|name| place.fill(name, AnyCodec::Json, |n| n.to_string()));
    fill();
    let ended = over(&config, &["invalidate", "--pattern", "[12]"]).succeeds();
    assert_eq!(ended.out, "removed the entries of users that match [12] (4)\n");
    assert_eq!(left(), [1, 1, 3]);
    fill();
    over(&config, &["invalidate", "--tag", "odd"]).succeeds();
    assert_eq!(left(), [1, 1, 3], "tags are those of the service");
    fill();
    let ended = over(&config, &["invalidate", "--all", "--yes"]).succeeds();
    assert_eq!(ended.out, "removed all entries of users\n");
    assert_eq!(left(), [0, 0, 3]);
    fill();
    over(&config, &["invalidate", "--all", "--yes", "-n", "users"]).succeeds();
    assert_eq!(left(), [0, 3, 3], "the cache of this name alone");
}

#[test]
fn doctor_tells_of_every_service_though_the_records_of_one_cannot_be_listed() {
    let server = Server::builder().acl("user app on >geheim ~* &* +@all -scan").start();
    let place = Place::filled();
    let config = written(&place, &server.url_for("app", "geheim"));
    let ended = over(&config, &["doctor"]).fails(1);
    for told in [
        "cachefn.toml: 4 services\n",
        "prices: writes, reads and deletes",
        "fault    prices: its records cannot be listed: ",
        "users: 3 entries can be returned",
        "1 fault, 0 warnings",
    ] {
        assert!(ended.out.contains(told), "{told}: {ended:?}");
    }
    let alone = over(&config, &["doctor", "-s", "prices", "--json"]).fails(1);
    assert!(alone.out.contains("its records cannot be listed: "), "{alone:?}");
    let uncounted = over(&config, &["invalidate", "--tag", "eu", "-s", "prices"]).succeeds();
    assert_eq!(uncounted.out, "removed the entries of prices tagged eu\n");
}

#[test]
fn doctor_checks_every_service_and_hides_the_passwords() {
    let server = Server::builder().password("s3cret").start();
    let place = Place::filled();
    let config = written(&place, &server.url_for("default", "s3cret"));
    let ended = over(&config, &["doctor"]).succeeds();
    for told in [
        "cachefn.toml: 4 services\n",
        "sums: in the memory of its process alone",
        "prices: redis://hidden@127.0.0.1",
        "users: 3 entries can be returned",
        "0 faults, 0 warnings",
    ] {
        assert!(ended.out.contains(told), "{told}: {ended:?}");
    }
    assert!(!ended.out.contains("s3cret"));
    drop(server);
    let ended = over(&config, &["doctor"]).fails(1);
    assert!(ended.out.contains("fault    prices: connect: "), "{ended:?}");
    assert!(
        ended.out.contains("1 fault, 0 warnings") && !ended.out.contains("s3cret"),
        "{ended:?}"
    );
}

#[test]
fn s_35_a_running_program_hears_of_what_is_written_by_its_configuration() {
    let server = Server::start();
    for told in ["", "invalidation_channel = \"changes\"\n", "invalidation = \"tracking\"\n"] {
        let place = Place::new();
        let path = place.path("cachefn.toml");
        let text = format!(
            "[services.users]\ncache_type = \"two-level\"\nttl = \"1h\"\ncodec = \"json\"\n\
             l2.connection_string = {:?}\nl2.prefix = \"p{}\"\n[services.users.two_level]\n{told}",
            server.url(),
            told.len()
        );
        std::fs::write(&path, &text).unwrap();
        block_on(async {
            let registry = Registry::open(Config::read(&text).unwrap()).await.unwrap();
            let users = registry.cache::<u32>("users").unwrap();
            let is = async |wanted: u32| {
                let waiting = async {
                    while users.get("k").await.unwrap() != Some(wanted) {
                        tokio::task::yield_now().await;
                    }
                };
                let waited = tokio::time::timeout(Duration::from_secs(60), waiting).await;
                assert!(waited.is_ok(), "{told}: {wanted}");
            };
            users.set("k".into(), 1).await.unwrap();
            let exported = over(&path, &["export"]).succeeds().out;
            over(&path, &["set", "k", "2"]).succeeds();
            is(2).await;
            let mut import = program(&["import", "-", "--overwrite", "--config"]);
            import.arg(&path);
            given(import, &exported).succeeds();
            is(1).await;
            let ended = registry.shutdown_all(Duration::from_secs(20)).await;
            assert!(ended.is_clean(), "{ended}");
        });
    }
}

#[test]
fn a_file_that_nobody_has_made_yet_is_a_note_where_the_service_can_make_it() {
    let place = Place::new();
    let config = place.path("cachefn.toml");
    let write = |address: &str| {
        let text = format!(
            "[services.users]\ncache_type = \"l2\"\nttl = \"1h\"\nl2.connection_string = {address:?}\n"
        );
        std::fs::write(&config, text).unwrap();
    };
    write("file:cache.db");
    // Nothing is there, or what a volume that was just mounted has.
    let [alone, named] = [&["doctor"][..], &["doctor", "-s", "users"]];
    for (words, is_empty_file) in [(alone, false), (named, false), (alone, true), (named, true)] {
        if is_empty_file {
            std::fs::write(place.file(), "").unwrap();
        }
        let ended = over(&config, words).succeeds();
        let file = place.file();
        let note = format!(
            "note     users: {} has no storage yet: the service makes it when it starts\n",
            file.display()
        );
        assert!(ended.out.contains(&note), "{ended:?}");
        assert!(ended.out.ends_with("0 faults, 0 warnings\n"), "{ended:?}");
        let objects = over(&config, &[words, &["--json"]].concat()).succeeds().objects();
        assert!(objects.iter().any(|object| object["verdict"] == "note"), "{objects:?}");
    }
    assert_eq!(std::fs::metadata(place.file()).unwrap().len(), 0, "it was opened");
    std::fs::remove_file(place.file()).unwrap();
    let left: Vec<_> = std::fs::read_dir(place.path("")).unwrap().collect();
    assert_eq!(left.len(), 1, "the configuration alone: {left:?}");
    over(&config, &["keys"]).fails(3);

    write("file:no/such/cache.db");
    let ended = over(&config, &["doctor"]).fails(1);
    assert!(
        ended.out.contains("fault    users: ")
            && ended.out.contains("does not exist; create it first")
    );
    write("file:/proc/cache.db");
    let ended = over(&config, &["doctor"]).fails(1);
    assert!(ended.out.contains("the folder /proc cannot be written ("), "{ended:?}");
    std::fs::write(place.path("notes.txt"), "of somebody else, and longer than a few bytes")
        .unwrap();
    write("file:notes.txt");
    let ended = over(&config, &["doctor"]).fails(1);
    assert!(ended.out.contains("notes.txt: it is no storage of a cache"), "{ended:?}");
}

#[test]
fn h_39_an_audit_file_that_cannot_be_written_is_a_fault() {
    let place = Place::new();
    let config = place.path("cachefn.toml");
    let text = "[global]\naudit.file = \"log/audit.log\"\n[services.users]\nttl = \"1h\"\n";
    std::fs::write(&config, text).unwrap();
    let ended = over(&config, &["doctor"]).fails(1);
    assert!(ended.out.contains("fault    audit: the folder "), "{ended:?}");
    std::fs::create_dir(place.path("log")).unwrap();
    over(&config, &["doctor"]).succeeds();
    assert_eq!(std::fs::read_dir(place.path("log")).unwrap().count(), 0);
}

#[test]
fn h_39_all_faults_of_a_configuration_are_told_at_once() {
    let place = Place::new();
    let path = place.path("cachefn.toml");
    std::fs::write(&path, "[services.users]\ntll = \"5m\"\nl1.max_entries = \"many\"\n").unwrap();
    let doctor = over(&path, &["doctor"]).fails(1);
    assert!(doctor.out.contains("cachefn.toml:2: ") && doctor.out.contains("cachefn.toml:3: "));
    assert!(doctor.out.contains("did you mean `ttl`?") && doctor.out.contains("2 faults"));
    let keys = over(&path, &["keys"]).fails(4);
    assert!(keys.told.contains("did you mean `ttl`?") && keys.out.is_empty(), "{keys:?}");
    over(&place.path("nothing.toml"), &["keys"]).fails(4);
}

#[test]
fn a_service_without_a_ttl_is_warned_of() {
    let place = Place::filled();
    let path = place.path("cachefn.toml");
    let text = "[services.users]\ncache_type = \"l2\"\nl2.connection_string = \"file:cache.db\"\n";
    std::fs::write(&path, text).unwrap();
    let ended = over(&path, &["doctor"]).succeeds();
    assert!(ended.out.contains("warning  users: has no ttl") && ended.out.contains("1 warning"));
    assert_eq!(over(&path, &["keys"]).succeeds().lines().len(), 3, "the only service is taken");
}
