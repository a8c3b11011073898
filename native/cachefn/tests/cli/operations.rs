//! What the guide shows of the program is what it prints.

use std::process::Command;

use crate::support::*;

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/guide/operations.md");

#[test]
fn every_command_that_the_guide_shows_prints_what_stands_there() {
    let page = std::fs::read_to_string(PAGE).unwrap();
    let place = Place::new();
    let files = blocks(&page, "toml");
    std::fs::write(place.path("cachefn.toml"), files[0]).unwrap();
    let (mut anew, mut commands) = (page.clone(), 0);
    for block in blocks(&page, "console") {
        let mut printed = String::new();
        for command in block.lines().filter_map(|line| line.strip_prefix("$ ")) {
            printed += &format!("$ {command}\n{}", run(&place, command));
            commands += 1;
        }
        if std::env::var_os("CACHEFN_WRITE_OPERATIONS").is_some() {
            anew = anew.replace(block, &printed);
        } else {
            let how = "CACHEFN_WRITE_OPERATIONS=1 cargo test -p cachefn --features cli --test cli operations";
            assert_eq!(masked(&printed), masked(block), "write it anew: {how}");
        }
    }
    assert!(commands >= 12, "{commands}");
    if anew != page {
        std::fs::write(PAGE, anew).unwrap();
    }
}

/// What a shell shows.
fn run(place: &Place, command: &str) -> String {
    let program = std::path::Path::new(env!("CARGO_BIN_EXE_cachefn"));
    let path = std::env::var("PATH").unwrap();
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("{command} 2>&1")]).current_dir(place.path(""));
    shell.env("PATH", format!("{}:{path}", program.parent().unwrap().display()));
    shell.env_remove("CACHEFN_URL").env_remove("CACHEFN_PROFILE").env("COLUMNS", "80");
    ended(shell).out
}

/// The blocks of a language.
fn blocks<'p>(page: &'p str, language: &str) -> Vec<&'p str> {
    let begin = format!("```{language}\n");
    page.split(&begin).skip(1).map(|rest| rest.split_once("```").unwrap().0).collect()
}

/// Without times, which are others in every run, and the columns that are wider for them.
fn masked(text: &str) -> String {
    let is_time = |word: &str| {
        word.ends_with('s') && word.trim_end_matches(['m', 's']).parse::<f64>().is_ok()
    };
    let line = |line: &str| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let next = |at: usize| words.get(at + 1).copied().unwrap_or_default();
        let shown = words.iter().enumerate().map(|(at, word)| match word {
            word if is_time(word) || (next(at) == "ms" && word.parse::<f64>().is_ok()) => "…",
            word => word,
        });
        shown.collect::<Vec<_>>().join(" ")
    };
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}
