//! What `shop` shows a stranger, with all programs on this machine and without some.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::support::PROGRAM;

fn shop(folder: &Path, requests: &str) -> Command {
    let mut command = Command::new(PROGRAM);
    command.args(["--requests", requests]).env("TMPDIR", folder).stdin(Stdio::null());
    command
}

#[track_caller]
fn shown(command: &mut Command) -> String {
    let ended = command.output().unwrap();
    let told = String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.success(), "{told}");
    let text = String::from_utf8(ended.stdout).unwrap();
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    text
}

#[test]
fn it_shows_a_table_metrics_a_trace_and_a_command_in_eighty_columns() {
    let folder = tempfile::tempdir().unwrap();
    let text = shown(&mut shop(folder.path(), "2"));
    let at = |part: &str| text.find(part).unwrap_or_else(|| panic!("no {part:?} in:\n{text}"));
    let parts = [
        "without Redis ",
        "cache_requests_total",
        "Redis stopped: 0 and 0; now: 1 and 1",
        "GET /products/{id} ",
        "  SELECT products ",
        "$ cachefn invalidate --tag category:tea",
    ];
    assert!(parts.map(at).is_sorted(), "{text}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "it leaves nothing");
}

#[test]
fn h_39_what_is_missing_on_this_machine_is_said_in_a_line_and_the_rest_is_shown() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = shop(folder.path(), "2");
    command.env("PROMETHEUS", "/nowhere/prometheus").env("ROTEL", "/nowhere/rotel-agent");
    let text = shown(&mut command);
    for (name, variable) in [("prometheus", "PROMETHEUS"), ("rotel-agent", "ROTEL")] {
        let is_said = |line: &&str| {
            line.starts_with(&format!("no {name}: "))
                && line.ends_with(&format!("set {variable} to one"))
        };
        assert_eq!(text.lines().filter(is_said).count(), 1, "{name}: {text}");
    }
    assert!(
        text.contains("$ cachefn invalidate") && !text.contains("cache_requests_total"),
        "{text}"
    );
}

#[test]
fn ctrl_c_and_a_plain_kill_end_all_that_was_started_and_leave_nothing() {
    for (signal, code) in [("INT", 130), ("TERM", 143)] {
        let folder = tempfile::tempdir().unwrap();
        let mut command = shop(folder.path(), "1000000");
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let asks = lines.find(|line| line.as_ref().unwrap().contains("clients ask"));
        assert!(asks.is_some(), "it ended before its clients asked");
        let children = children_of(child.id());
        assert!(
            children.len() >= 5,
            "two instances, Redis, Prometheus and a collector: {children:?}"
        );
        let status = Command::new("kill").args(["-s", signal, &child.id().to_string()]).status();
        assert!(status.unwrap().success());
        assert_eq!(child.wait().unwrap().code(), Some(code), "{signal}");
        // The system needs a moment for those that were killed.
        let has_ended = (0..500).any(|_| {
            let none = !children.iter().any(|number| lives(*number));
            if !none {
                std::thread::sleep(Duration::from_millis(20));
            }
            none
        });
        assert!(has_ended, "processes that it has started live on, of {children:?}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "{signal} left folders");
    }
}

/// Those that a process has started, and that have not ended.
fn children_of(parent: u32) -> Vec<u32> {
    let entries = std::fs::read_dir("/proc").unwrap().flatten();
    let numbers = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let is_child = |number: &u32| stat(*number).is_some_and(|words| words[1] == parent.to_string());
    numbers.filter(is_child).collect()
}

fn lives(number: u32) -> bool {
    stat(number).is_some_and(|words| words[0] != "Z")
}

/// What the system says of a process from its state on.
fn stat(number: u32) -> Option<Vec<String>> {
    let file = PathBuf::from(format!("/proc/{number}/stat"));
    let text = std::fs::read_to_string(file).ok()?;
    Some(text.rsplit_once(") ")?.1.split(' ').map(String::from).collect())
}
