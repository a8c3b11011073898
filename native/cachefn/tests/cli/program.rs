//! The program, run as users run it, and how it ended.
#![allow(dead_code, reason = "every test takes what it needs")]

use std::io::Write;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// How the program ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) told: String,
}

impl Ended {
    #[track_caller]
    pub(crate) fn succeeds(self) -> Self {
        assert_eq!(self.code, Some(0), "{self:?}");
        self
    }

    #[track_caller]
    pub(crate) fn fails(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self:?}");
        self
    }

    pub(crate) fn lines(&self) -> Vec<&str> {
        self.out.lines().collect()
    }

    /// Lines of JSON.
    #[track_caller]
    pub(crate) fn objects(&self) -> Vec<Value> {
        let object = |line: &str| serde_json::from_str(line).expect("every line is JSON");
        self.out.lines().map(object).collect()
    }
}

/// The program, without what the environment says to it.
pub(crate) fn program(words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cachefn"));
    command.args(words).env_remove("CACHEFN_URL").env("COLUMNS", "80");
    command.stdin(Stdio::null());
    command
}

pub(crate) fn ended(mut command: Command) -> Ended {
    of(command.output().expect("the program runs"))
}

pub(crate) fn given(mut command: Command, input: &str) -> Ended {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program runs");
    let mut stdin = child.stdin.take().expect("it is piped");
    // It may end before it has read all.
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    of(child.wait_with_output().expect("the program ends"))
}

fn of(output: Output) -> Ended {
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("it prints text");
    Ended { code: output.status.code(), out: text(output.stdout), told: text(output.stderr) }
}
