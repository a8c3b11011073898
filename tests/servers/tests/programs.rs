//! Any program, from its start to its end.

use std::io::ErrorKind;
use std::path::PathBuf;
use std::process::Command;

use cachefn_servers::Program;

fn shell(script: &str) -> Program {
    let started = Program::start(|_| {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        Ok(command)
    });
    started.expect("there is a shell")
}

#[test]
fn a_program_and_its_folder_are_gone_when_its_value_is() {
    let program = shell("echo $$; pwd; exec tail -f /dev/null");
    while program.log().lines().count() < 2 {
        assert!(program.is_running(), "it tells who and where it is");
    }
    let said = program.log();
    let (number, folder) = said.trim().split_once('\n').expect("two lines");
    drop(program);
    let state = std::fs::read_to_string(format!("/proc/{number}/stat")).unwrap_or_default();
    assert!(state.is_empty(), "{state}");
    assert!(!PathBuf::from(folder).exists(), "{folder}");
}

#[test]
fn a_program_that_has_ended_is_known_to_and_what_it_said_is_still_there() {
    let program = shell("echo no such thing; exit 3");
    while program.is_running() {
        std::thread::yield_now();
    }
    assert_eq!(program.log(), "no such thing\n");
}

#[test]
fn h_39_a_program_that_is_not_there_is_an_error_and_leaves_no_folder() {
    let mut made = PathBuf::new();
    let missing = Program::start(|folder| {
        made = folder.into();
        Ok(Command::new("no-such-program-here"))
    });
    assert_eq!(missing.expect_err("there is none").kind(), ErrorKind::NotFound);
    assert!(!made.exists() && !made.as_os_str().is_empty());
}
