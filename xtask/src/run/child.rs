//! One program from start to end; none outlives us or its time limit.

use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

/// When we are asked to stop (Ctrl-C, a plain `kill`), our children are asked too.
pub(crate) fn stop_children_with_us() {
    let _ = ctrlc::set_handler(|| {
        for group in running().iter() {
            signal(*group, "TERM");
        }
        std::process::exit(130);
    });
}

/// Runs a program, gives each line of its output to `hear`, and says how it ended.
///
/// # Errors
/// It cannot be started, or takes longer than `limit` (then it is killed with all its children).
pub(super) fn listen(
    command: &mut Command,
    limit: Duration,
    mut hear: impl FnMut(&str),
) -> Result<ExitStatus> {
    let started = Instant::now();
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
    // Output is read by programs here, so no program colours it.
    command.env("NO_COLOR", "1").env("CARGO_TERM_COLOR", "never").env_remove("FORCE_COLOR");
    let mut child = command.spawn().with_context(|| format!("start {}", name(command)))?;
    let _group = Group::of(&child);
    let (lines, heard) = mpsc::channel();
    forward(child.stdout.take().expect("stdout is piped"), lines.clone());
    forward(child.stderr.take().expect("stderr is piped"), lines);
    loop {
        match heard.recv_timeout(limit.saturating_sub(started.elapsed())) {
            Ok(line) => hear(&line),
            Err(RecvTimeoutError::Disconnected) => return Ok(child.wait()?),
            Err(RecvTimeoutError::Timeout) => {
                stop(&mut child);
                bail!("{} was stopped after {} s", name(command), limit.as_secs());
            }
        }
    }
}

/// Lets a program talk to the user directly.
///
/// # Errors
/// It cannot be started or does not succeed.
pub(crate) fn hand_over(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("start {}", name(command)))?;
    ensure!(status.success(), "{} failed: {status}", name(command));
    Ok(())
}

/// What a program prints, for a short question such as its version; `None` if it is missing or fails.
pub(crate) fn answer(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// The command as the user would type it, for logs and errors.
pub(super) fn name(command: &Command) -> String {
    let program = std::path::Path::new(command.get_program());
    let mut text =
        program.file_name().unwrap_or(program.as_os_str()).to_string_lossy().into_owned();
    for argument in command.get_args() {
        text.push(' ');
        text.push_str(&argument.to_string_lossy());
    }
    text
}

/// The process group of a running child, known to [`stop_children_with_us`] until dropped.
struct Group(u32);

impl Group {
    fn of(child: &Child) -> Self {
        running().push(child.id());
        Self(child.id())
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        running().retain(|group| *group != self.0);
    }
}

fn forward(output: impl Read + Send + 'static, lines: Sender<String>) {
    thread::spawn(move || {
        let mut output = BufReader::new(output);
        let mut line = Vec::new();
        while output.read_until(b'\n', &mut line).is_ok_and(|length| length > 0) {
            let text = String::from_utf8_lossy(&line).trim_end().to_owned();
            if lines.send(text).is_err() {
                return;
            }
            line.clear();
        }
    });
}

/// First politely, so that programs that started browsers can stop them.
fn stop(child: &mut Child) {
    signal(child.id(), "TERM");
    for _ in 0..100 {
        if !matches!(child.try_wait(), Ok(None)) {
            break;
        }
        thread::sleep(Duration::from_millis(20));
    }
    signal(child.id(), "KILL"); // what is left of the group
    let _ = child.wait();
}

fn signal(group: u32, kind: &str) {
    let _ = Command::new("kill")
        .args(["-s", kind, "--", &format!("-{group}")])
        .stderr(Stdio::null())
        .status();
}

fn running() -> MutexGuard<'static, Vec<u32>> {
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner)
}

static RUNNING: Mutex<Vec<u32>> = Mutex::new(Vec::new());

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn both_outputs_are_heard_and_the_end_is_told() {
        let mut lines = Vec::new();
        let status =
            listen(&mut shell("echo one; echo two >&2; exit 3"), Duration::from_secs(60), |line| {
                lines.push(line.to_owned());
            })
            .expect("sh starts");
        lines.sort();
        assert_eq!(lines, ["one", "two"]);
        assert_eq!(status.code(), Some(3));
    }

    #[test]
    fn a_stuck_program_is_killed_with_its_children() {
        let mut child = String::new();
        let error =
            listen(&mut shell("sleep 1000 & echo $!; wait"), Duration::from_millis(300), |line| {
                child = line.to_owned();
            })
            .expect_err("the limit is shorter than the program");
        assert!(error.to_string().contains("was stopped after"), "{error}");
        let state = std::fs::read_to_string(format!("/proc/{child}/stat")).unwrap_or_default();
        assert!(state.is_empty() || state.contains(") Z "), "the child still runs: {state}");
    }

    #[test]
    fn a_missing_program_is_named() {
        let error =
            listen(&mut Command::new("no-such-program-here"), Duration::from_secs(1), |_| ())
                .expect_err("missing");
        assert_eq!(error.to_string(), "start no-such-program-here");
    }
}
