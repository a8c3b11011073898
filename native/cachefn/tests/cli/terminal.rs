//! On a terminal of 80 columns and 24 rows.

use std::io::{Read, Write};
use std::process::{Command, Stdio};

use cachefn::AnyCodec;

use crate::support::*;

/// The program on a terminal, with the words as one line for a shell.
fn script(place: &Place, words: &str) -> Command {
    let program = env!("CARGO_BIN_EXE_cachefn");
    let file = place.file();
    let line = format!("stty cols 80 rows 24; exec {program} {words} --file {}", file.display());
    let mut script = Command::new("script");
    script.args(["--quiet", "--return", "--command", &line, "/dev/null"]);
    script.env_remove("NO_COLOR").env_remove("CACHEFN_URL").env("TERM", "xterm");
    script
}

/// What the terminal shows when the program runs on it.
fn on_a_terminal(place: &Place, words: &str) -> Ended {
    let mut ended = given(script(place, words), "");
    ended.out = ended.out.replace("\r\n", "\n");
    ended
}

/// The same, where `typed` is typed when `shown` is there.
fn answered(place: &Place, words: &str, shown: &str, typed: &str) -> Ended {
    let mut script = script(place, words);
    script.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = script.spawn().expect("script runs");
    let (mut stdin, mut stdout) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    let (mut out, mut some) = (Vec::new(), [0; 512]);
    let mut typed = Some(typed);
    loop {
        let count = stdout.read(&mut some).expect("the terminal shows something");
        out.extend(&some[..count]);
        if count == 0 {
            break;
        }
        if String::from_utf8_lossy(&out).contains(shown) {
            typed.take().iter().for_each(|typed| stdin.write_all(typed.as_bytes()).unwrap());
        }
    }
    let code = child.wait().expect("script ends").code();
    Ended { code, out: String::from_utf8(out).expect("text"), told: String::new() }
}

/// How wide a line is that may have colours.
fn width(line: &str) -> usize {
    let mut inside = false;
    let visible = line.chars().filter(|sign| {
        let begins = *sign == '\u{1b}';
        let is_visible = !inside && !begins;
        inside = begins || (inside && !sign.is_ascii_alphabetic());
        is_visible
    });
    visible.count()
}

/// Keys and tags that are longer than the terminal is wide, and would command it.
fn wild() -> Place {
    let place = Place::filled();
    place
        .run(&["set", &"long".repeat(50), "1", "-n", "users", "--tag", &"tag".repeat(40)])
        .succeeds();
    place.run(&["set", "\u{1b}[2J\u{1b}]0;owned\u{7}", "\"\\u001b[2J\"", "-n", "users"]).succeeds();
    place
}

#[test]
fn tables_fit_and_no_key_commands_the_terminal() {
    let place = wild();
    for words in ["keys", "keys -n users", "stats", "tags", "doctor"] {
        let ended = on_a_terminal(&place, words).succeeds();
        for line in ended.out.lines() {
            assert!(width(line) <= 80, "{words}: {line:?}");
        }
        assert!(!ended.out.contains("\u{1b}[2J") && !ended.out.contains("\u{1b}]0"), "{ended:?}");
    }
    let ended = on_a_terminal(&place, "keys -n users").succeeds();
    assert!(ended.out.contains("\\u{1b}[2J"), "{ended:?}");
    assert!(ended.out.contains("\u{1b}[1mKEY"), "the names of columns are bold: {ended:?}");
    assert!(ended.out.contains("longlong") && ended.out.contains('…'), "{ended:?}");
}

#[test]
fn what_doctor_and_errors_tell_breaks_between_words() {
    let place = Place::filled();
    let name = format!("a cache with a {} name of many words", "rather ".repeat(12).trim());
    place.run(&["set", "k", "1", "-n", &name]).succeeds();
    let ended = on_a_terminal(&place, "doctor").succeeds();
    assert!(ended.out.lines().all(|line| width(line) <= 80), "{ended:?}");
    let indented = |line: &&str| line.starts_with("         ");
    assert!(ended.out.lines().filter(indented).count() >= 1, "{ended:?}");
    let words: Vec<&str> = ended.out.split_whitespace().collect();
    assert!(words.join(" ").contains(&format!("{name}: 1 entry can be returned")), "{ended:?}");

    let ended = on_a_terminal(&place, "keys --url redis://app:s3cret@127.0.0.1:1/").fails(2);
    assert!(ended.out.lines().all(|line| width(line) <= 80), "{ended:?}");
    let words: Vec<&str> = ended.out.split_whitespace().collect();
    assert!(words.join(" ").contains("name one storage: only one of --file,"), "{ended:?}");
}

#[test]
fn a_value_is_shown_with_what_is_known_of_it_and_cannot_command_the_terminal() {
    let place = wild();
    let ended = on_a_terminal(&place, "get user:1 -n users").succeeds();
    assert!(ended.out.contains("old, json, ") && ended.out.contains("tags: all, odd"), "{ended:?}");
    let ended = on_a_terminal(&place, "get $(printf '\\033[2J\\033]0;owned\\007') -n users");
    assert!(!ended.succeeds().out.contains("\u{1b}[2J"));
}

#[test]
fn without_colours_where_they_are_not_wanted() {
    let place = Place::filled();
    let mut plain = script(&place, "stats");
    plain.env("NO_COLOR", "1");
    assert!(!given(plain, "").succeeds().out.contains('\u{1b}'));
    assert!(!place.run(&["stats"]).succeeds().out.contains('\u{1b}'), "nor to a pipe");
}

/// With more caches than a screen has lines.
fn crowded() -> Place {
    let place = wild();
    for number in 0..30 {
        place.fill(&format!("cache-{number}"), AnyCodec::Json, |number| number.to_string());
    }
    place
}

#[test]
fn doctor_fits_on_a_screen_and_leaves_out_only_what_is_good() {
    let place = crowded();
    let ended = on_a_terminal(&place, "doctor").succeeds();
    assert!(ended.out.lines().count() < 24, "{ended:?}");
    let end = "and 14 more that are good\n0 faults, 0 warnings\n";
    assert!(ended.out.ends_with(end), "{ended:?}");
    assert_eq!(place.run(&["doctor"]).succeeds().lines().len(), 36, "all of it, to a pipe");
}

#[test]
fn top_fills_its_screen_and_no_more_and_gives_the_terminal_back() {
    let place = crowded();
    let ended = on_a_terminal(&place, "top --count 2 --interval 1ms").succeeds();
    // With the cursor.
    let (enter, leave) = ("\u{1b}[?1049h", "\u{1b}[?25h\u{1b}[?1049l");
    let screen = ended.out.split(enter).nth(1).and_then(|rest| rest.split(leave).next());
    let frames: Vec<&str> = screen.expect("another screen").split("\u{1b}[H").skip(1).collect();
    assert_eq!(frames.len(), 2);
    for frame in frames {
        assert_eq!(frame.lines().count(), 24, "{frame}");
        assert!(frame.lines().all(|line| width(line) <= 80), "{frame}");
        assert!(frame.contains("smaller caches") && frame.ends_with("Ctrl-C ends"), "{frame}");
        // Behind a line as wide as the screen the cursor stands on its last sign: that must not be erased.
        assert!(frame.contains("WRITTEN") && !frame.contains("\u{1b}[K"), "{frame:?}");
    }
}

#[test]
fn all_is_removed_after_a_yes_and_only_then() {
    let place = Place::filled();
    let words = "invalidate --all -n users";
    for answer in ["\n", "n\n", "x\n", "\u{4}"] {
        let ended = answered(&place, words, "[y/N]", answer).fails(1);
        assert!(ended.out.contains("remove all entries of users from "), "{ended:?}");
        assert!(ended.out.contains("nothing was removed"), "{ended:?}");
        assert_eq!(place.value("users", AnyCodec::Json, "user:1"), Some(1));
    }
    answered(&place, words, "[y/N]", "\u{3}").fails(130);
    assert_eq!(place.value("users", AnyCodec::Json, "user:1"), Some(1), "after Ctrl-C");
    answered(&place, words, "[y/N]", "y\n").succeeds();
    assert_eq!(place.value("users", AnyCodec::Json, "user:1"), None);
}

#[test]
fn top_ends_by_ctrl_c_and_gives_the_terminal_back() {
    let ended = answered(&Place::filled(), "top --interval 1h", "Ctrl-C ends", "\u{3}").fails(130);
    assert!(ended.out.contains("\u{1b}[?25h\u{1b}[?1049l"), "{ended:?}");
}
