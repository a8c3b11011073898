//! The tutorial, followed to the letter: each program as it stands there, one after the other in one folder.

use std::path::Path;
use std::process::{Command, ExitCode, Termination};

use cachefn_servers::Server;

const PAGE: &str = include_str!("../../../docs/guide/tutorial.md");
const STEP: &str = "CACHEFN_TEST_STEP";

macro_rules! steps {
    ($($name:ident $number:literal)+) => {
        $(mod $name {
            include!(concat!(env!("OUT_DIR"), "/", stringify!($name), ".rs"));

            pub(crate) fn run() -> std::process::ExitCode {
                std::process::Termination::report(main())
            }
        })+

        fn run(step: &str) -> ExitCode {
            match step {
                $($number => $name::run(),)+
                _ => panic!("no step {step}"),
            }
        }
    };
}
steps! { step_1 "1" step_2 "2" step_3 "3" step_4 "4" step_5 "5" step_6 "6" step_7 "7" step_8 "8" }

#[test]
fn every_step_runs_as_it_stands_there_and_prints_what_the_page_says() {
    let server = Server::start();
    let folder = tempfile::tempdir().unwrap();
    let follow = |step: &str| printed(step, folder.path());
    let file = |step: usize| {
        let text = block(step, "toml").replace("redis://127.0.0.1:6390/", &server.url());
        std::fs::write(folder.path().join("cachefn.toml"), text).unwrap();
    };
    for step in ["1", "2", "3", "4"] {
        assert_eq!(follow(step), [""; 0]);
    }
    assert_eq!(follow("5"), ["runs: 1"]);
    assert_eq!(follow("5"), ["runs: 0"]);
    file(6);
    assert_eq!(follow("6"), [""; 0]);
    file(7);
    assert_eq!(follow("7"), ["made here", "made here"]);
    server.kill();
    assert_eq!(follow("7"), ["made here", "made there"]);
    file(8);
    assert!(follow("8").contains(&"      \"state\": \"healthy\",".to_string()));
}

#[test]
fn nothing_on_the_page_is_hidden_from_who_reads_it_elsewhere() {
    assert_eq!(PAGE.matches("```rust\n").count(), 8, "a program for each step");
    for block in PAGE.split("```rust").skip(1) {
        let program = block.split_once("```").unwrap().0;
        let hidden =
            program.lines().find(|line| line.trim_start().starts_with("# ") || *line == "#");
        assert_eq!(hidden, None);
    }
}

/// The block of a language in a step.
fn block(step: usize, language: &str) -> &'static str {
    let text = PAGE.split("\n# ").nth(step).expect("the step is there");
    let (_, rest) = text.split_once(&format!("```{language}\n")).expect("it has such a block");
    rest.split_once("```").expect("it ends").0
}

/// What the program of a step prints in this folder.
fn printed(step: &str, folder: &Path) -> Vec<String> {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "the_program_of_a_step", "--nocapture"]).current_dir(folder);
    let ended = command.env(STEP, step).output().unwrap();
    let text = String::from_utf8(ended.stdout).unwrap();
    let told = String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.success(), "step {step}: {text}{told}");
    let (_, rest) = text.split_once("<<<\n").unwrap();
    rest.split_once(">>>\n").unwrap().0.lines().map(String::from).collect()
}

/// Does something only where the test above started it.
#[test]
fn the_program_of_a_step() {
    let Ok(step) = std::env::var(STEP) else { return };
    println!("<<<");
    let code = run(&step);
    println!(">>>");
    assert_eq!(code, ().report());
}
