//! A server's process, and the watch that ends it when nobody else can.

use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::wait;

/// A shell that waits for its input to end, as it does when our process ends, however that happens. Then
/// it kills the process that it was last told, and removes the folder.
pub(crate) struct Watch(Child);

impl Watch {
    pub(crate) fn over(folder: &Path) -> Self {
        let mut command = Command::new("sh");
        command.args(["-c", SCRIPT, "cachefn-servers"]).arg(folder).stdin(Stdio::piped());
        let command = command.stdout(Stdio::null()).stderr(Stdio::null());
        Self(command.spawn().unwrap_or_else(|error| panic!("start a server: run sh: {error}")))
    }

    /// Whom to kill from now on; none if it has been killed already.
    fn tell(&mut self, pid: Option<u32>) {
        let line = pid.map_or_else(|| "\n".to_owned(), |pid| format!("{pid}\n"));
        // Without its shell a server still ends with its value.
        let _ = self.0.stdin.as_mut().map(|input| input.write_all(line.as_bytes()));
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}

/// A process, or none.
pub(crate) struct Process {
    child: Option<Child>,
    watch: Watch,
}

impl Process {
    pub(crate) fn none(folder: &Path) -> Self {
        Self { child: None, watch: Watch::over(folder) }
    }

    /// # Errors
    /// There is no such program, or it cannot be run.
    pub(crate) fn start(&mut self, command: &mut Command) -> io::Result<()> {
        self.kill();
        let child = command.spawn()?;
        self.watch.tell(Some(child.id()));
        self.child = Some(child);
        Ok(())
    }

    pub(crate) fn pid(&self) -> Option<u32> {
        self.child.as_ref().map(Child::id)
    }

    /// Whether it has been started, and has not ended since.
    pub(crate) fn runs(&mut self) -> bool {
        self.child.as_mut().is_some_and(|child| matches!(child.try_wait(), Ok(None)))
    }

    /// Ends it without a word (`kill -9`) and waits for that; nothing if there is none.
    pub(crate) fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            // Before its number may belong to another process.
            self.watch.tell(None);
            let _ = child.wait();
        }
    }

    /// Makes it stand still, and waits until it does.
    pub(crate) fn stop(&self) {
        self.signal("STOP");
        if let Some(pid) = self.pid() {
            wait::until_true(|| state(pid).is_none_or(|state| state == 'T'));
        }
    }

    pub(crate) fn cont(&self) {
        self.signal("CONT");
    }

    fn signal(&self, kind: &str) {
        let pid = self.pid().expect("a signal goes to a server that runs");
        // The shell's own word: a small system has no program of this name.
        let status = Command::new("sh").args(["-c", &format!("kill -{kind} {pid}")]).status();
        assert!(status.is_ok_and(|status| status.success()), "kill -{kind} {pid} failed");
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The letter that the system has for what a process does, where it tells.
fn state(pid: u32) -> Option<char> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    text.rsplit_once(") ")?.1.chars().next()
}

/// What asks a whole group to end (Ctrl-C) ends our process; the shell is to see that.
const SCRIPT: &str = r#"
trap '' HUP INT QUIT TERM
last=
while read -r line; do last=$line; done
[ -z "$last" ] || kill -KILL "$last"
rm -rf "$1"
"#;
