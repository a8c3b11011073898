//! One program from start to end; none outlives us or its time limit.

use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

/// When we are asked to stop (Ctrl-C, a plain `kill`), our children are asked too, and we wait for their ends.
pub(crate) fn stop_children_with_us() {
    let _ = ctrlc::set_handler(|| {
        STOPPING.store(true, Ordering::SeqCst);
        let asked_at = Instant::now();
        let mut asked = Vec::new();
        while !running().is_empty() && asked_at.elapsed() < GRACE {
            let children = running().clone();
            for child in children {
                // What talks to the user has heard Ctrl-C itself, but not a `kill`.
                let hears_of_it = child.is_group || asked_at.elapsed() > GRACE / 10;
                if hears_of_it && !asked.contains(&child) {
                    child.signal("TERM");
                    asked.push(child);
                }
            }
            thread::sleep(BETWEEN_LOOKS);
        }
        for child in running().iter() {
            child.signal("KILL");
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
    go_on_unless_stopping();
    let started = Instant::now();
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
    // Output is read by programs here, so no program colours it.
    command.env("NO_COLOR", "1").env("CARGO_TERM_COLOR", "never").env_remove("FORCE_COLOR");
    let mut child = command.spawn().with_context(|| format!("start {}", name(command)))?;
    let running = Running::of(&child, true);
    let (lines, heard) = mpsc::channel();
    forward(child.stdout.take().expect("stdout is piped"), lines.clone());
    forward(child.stderr.take().expect("stderr is piped"), lines);
    loop {
        match heard.recv_timeout(limit.saturating_sub(started.elapsed())) {
            Ok(line) => hear(&line),
            Err(RecvTimeoutError::Disconnected) => {
                let status = child.wait()?;
                drop(running);
                go_on_unless_stopping();
                return Ok(status);
            }
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
    go_on_unless_stopping();
    let mut child = command.spawn().with_context(|| format!("start {}", name(command)))?;
    let running = Running::of(&child, false);
    let status = child.wait()?;
    drop(running);
    go_on_unless_stopping();
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

/// A running child, known to [`stop_children_with_us`] until dropped.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Target {
    id: u32,
    /// It leads a process group of its own.
    is_group: bool,
}

impl Target {
    fn signal(self, kind: &str) {
        let Self { id, is_group } = self;
        let target = if is_group { format!("-{id}") } else { id.to_string() };
        let _ =
            Command::new("kill").args(["-s", kind, "--", &target]).stderr(Stdio::null()).status();
    }
}

struct Running(Target);

impl Running {
    fn of(child: &Child, is_group: bool) -> Self {
        let target = Target { id: child.id(), is_group };
        running().push(target);
        Self(target)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        running().retain(|target| *target != self.0);
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
    let group = Target { id: child.id(), is_group: true };
    group.signal("TERM");
    for _ in 0..100 {
        if !matches!(child.try_wait(), Ok(None)) {
            break;
        }
        thread::sleep(BETWEEN_LOOKS);
    }
    group.signal("KILL"); // what is left of the group
    let _ = child.wait();
}

/// Whoever waited for a child that was asked to stop does not start the next one.
fn go_on_unless_stopping() {
    while STOPPING.load(Ordering::SeqCst) {
        thread::park();
    }
}

fn running() -> MutexGuard<'static, Vec<Target>> {
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner)
}

static RUNNING: Mutex<Vec<Target>> = Mutex::new(Vec::new());
static STOPPING: AtomicBool = AtomicBool::new(false);
/// What our children have for their end.
const GRACE: Duration = Duration::from_secs(10);
const BETWEEN_LOOKS: Duration = Duration::from_millis(20);

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

    /// The same test is the program that is asked to stop, and the one that asks it.
    #[test]
    fn who_is_asked_to_stop_waits_for_the_ends_of_its_children() {
        const OURS: &str = "CACHEFN_XTASK_STOPPED";
        let test = "run::child::tests::who_is_asked_to_stop_waits_for_the_ends_of_its_children";
        if std::env::var_os(OURS).is_some() {
            stop_children_with_us();
            let slow =
                "trap 'sleep 1; echo ended; exit' TERM; echo ready; while :; do sleep 0.1; done";
            let _ = listen(&mut shell(slow), Duration::from_secs(60), |line| eprintln!("{line}"));
            panic!("it goes on after it was asked to stop");
        }
        let mut program = Command::new(std::env::current_exe().expect("this program"));
        program.args(["--exact", test, "--nocapture"]).env(OURS, "1").stderr(Stdio::piped());
        let mut program = program.stdout(Stdio::null()).spawn().expect("this program again");
        let mut lines = BufReader::new(program.stderr.take().expect("stderr is piped")).lines();
        let mut hears = |word: &str| lines.any(|line| line.is_ok_and(|line| line == word));
        assert!(hears("ready"));
        Target { id: program.id(), is_group: false }.signal("TERM");
        assert!(hears("ended"), "it did not wait for the end of its child");
        assert_eq!(program.wait().expect("it ends").code(), Some(130));
    }

    #[test]
    fn a_missing_program_is_named() {
        let error =
            listen(&mut Command::new("no-such-program-here"), Duration::from_secs(1), |_| ())
                .expect_err("missing");
        assert_eq!(error.to_string(), "start no-such-program-here");
    }
}
