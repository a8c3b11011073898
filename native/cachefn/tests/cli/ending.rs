//! How the program ends when somebody stops it or stops listening.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};

use cachefn::AnyCodec;

use crate::support::*;

/// More than pipes and buffers hold.
fn many() -> Place {
    let place = Place::new();
    block_on(async {
        let cache = place.cache::<String>("many", AnyCodec::Json);
        let key = |number| format!("{}:{number}", "a rather long beginning of a key".repeat(4));
        cache.set_many((0..4_000).map(|number| (key(number), "x".repeat(50)))).await.unwrap();
        cache.close().await.unwrap();
    });
    place
}

fn spawn(mut command: Command) -> Child {
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program runs")
}

fn told(child: &mut Child) -> String {
    let mut told = String::new();
    child.stderr.take().expect("piped").read_to_string(&mut told).expect("text");
    told
}

#[test]
fn a_reader_who_has_enough_ends_it_quietly_with_the_usual_code() {
    let place = many();
    for words in [&["keys"][..], &["keys", "--json"], &["export"]] {
        let mut child = spawn(place.command(words));
        let mut reader = BufReader::new(child.stdout.take().expect("piped"));
        let mut first = String::new();
        reader.read_line(&mut first).expect("a line");
        assert!(first.contains("a rather long beginning"), "{first}");
        drop(reader);
        assert_eq!(
            (&*told(&mut child), child.wait().unwrap().code()),
            ("", Some(141)),
            "{words:?}"
        );
    }
}

#[test]
fn ctrl_c_leaves_whole_lines_of_an_export_and_says_how_many() {
    let place = many();
    let mut child = spawn(place.command(&["export"]));
    let mut reader = BufReader::new(child.stdout.take().expect("piped"));
    let mut text = String::new();
    // It has begun, and waits now for somebody who reads on.
    reader.read_line(&mut text).expect("a line");
    interrupt(&child);
    reader.read_to_string(&mut text).expect("text");
    let told = told(&mut child);
    assert_eq!(child.wait().unwrap().code(), Some(130), "{told}");
    let lines = text.lines().count();
    let expected =
        format!("cachefn: export: interrupted after {} entries, each whole\n", thousands(lines));
    assert_eq!(told, expected);
    assert!(lines < 4_000);
    let to = Place::new();
    to.run_with(&["import", "-"], &text).succeeds();
    assert_eq!(to.run(&["keys"]).succeeds().lines().len(), lines);
}

fn interrupt(child: &Child) {
    let pid = child.id().to_string();
    let sent = Command::new("kill").args(["-INT", &pid]).status().expect("kill runs");
    assert!(sent.success());
}

fn thousands(number: usize) -> String {
    match (number / 1_000, number % 1_000) {
        (0, rest) => rest.to_string(),
        (thousands, rest) => format!("{thousands},{rest:03}"),
    }
}

#[test]
fn the_code_of_what_cannot_be_reached_is_3_and_of_a_wrong_word_2() {
    let ended = ended(program(&["keys", "--url", "redis://127.0.0.1:1/"])).fails(3);
    assert!(ended.told.starts_with("cachefn: connect: "), "{ended:?}");
    ended_usage(&["keys"], "name a storage: --file PATH, --rocksdb PATH, --url redis");
    ended_usage(&["keys", "--file", "x", "--url", "redis://h"], "name one storage");
    #[cfg(not(feature = "rocksdb"))]
    ended_usage(&["keys", "--rocksdb", "x"], "built without RocksDB; build it with `cargo install");
    ended_usage(&["keys", "--url", "http://127.0.0.1"], "a url begins with redis://");
    ended_usage(&["keys", "--url", "redis://a,redis://b"], "several urls need --master");
    ended_usage(&["frobnicate"], "unrecognized subcommand");
    ended_usage(&["keys", "--file", "x", "--limmit", "3"], "--limit");
}

#[track_caller]
fn ended_usage(words: &[&str], told: &str) {
    let ended = ended(program(words)).fails(2);
    assert!(ended.told.contains(told), "{words:?}: {ended:?}");
}
