//! What the program says of itself.

use std::process::{Command, Stdio};

use crate::support::*;

const COMMANDS: [&str; 13] = [
    "get",
    "set",
    "del",
    "keys",
    "stats",
    "tags",
    "invalidate",
    "export",
    "import",
    "top",
    "doctor",
    "replay",
    "completions",
];

#[test]
fn every_command_has_a_help_that_fits_into_80_columns() {
    let all = ended(program(&["--help"])).succeeds().out;
    for command in COMMANDS {
        assert!(all.contains(&format!("\n  {command} ")), "{command} is in the list");
        let own = ended(program(&[command, "--help"])).succeeds().out;
        let widest = own.lines().chain(all.lines()).map(|line| line.chars().count()).max();
        assert!(widest <= Some(80), "{command}: {widest:?}\n{own}");
    }
}

#[test]
fn h_39_every_command_and_every_exit_code_is_in_the_readme() {
    let readme = include_str!("../../README.md");
    for command in COMMANDS {
        assert!(readme.contains(&format!("cachefn {command}")), "{command}");
    }
    let help = ended(program(&["--help"])).succeeds().out;
    for code in ["0", "1", "2", "3", "4", "130", "141"] {
        assert!(readme.contains(&format!("| {code} |")), "{code} in the README");
        assert!(help.contains(&format!("\n  {code:<5}")), "{code} in the help");
    }
}

#[test]
fn a_shell_takes_the_completions_that_are_made_for_it() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = ended(program(&["completions", shell])).succeeds().out;
        assert!(COMMANDS.iter().all(|command| script.contains(command)), "{shell}");
    }
    let script = ended(program(&["completions", "bash"])).out;
    let mut bash = Command::new("bash");
    bash.args(["-c", "source /dev/stdin && complete -p cachefn"]).stdin(Stdio::piped());
    assert!(given(bash, &script).succeeds().out.contains("cachefn"));
    ended(program(&["completions", "cmd"])).fails(2);
}
