//! Starts a process that remembers answers in a file, kills it, and starts it again.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::remember::{AMID, Told};
use crate::text::{grouped, span};

/// Whether the second process answered all from the file, as the first one did.
///
/// # Errors
/// A process does not start, or ends before it should.
pub(crate) fn run(stream: &Path, words: usize) -> Result<bool> {
    let words = words.min(WORDS);
    let folder = Folder::new(stream)?;
    let file = folder.0.join("answers.db");
    println!("The same function as an async fn over a file. A process asks for different words,");
    println!("flushes, asks for more, and is killed. Then it is started again.\n");

    let mut first = Process::start(&file, stream, words)?;
    let before = first.told()?;
    first.kill_amid()?;
    let bytes = fs::metadata(&file).context("the file of answers")?.len();
    let mut second = Process::start(&file, stream, words)?;
    let after = second.told()?;
    second.end()?;

    print!("{}", table(&before, &after, bytes));
    let equal = before.checksum == after.checksum;
    let passed = equal && after.computed == 0 && after.found == before.asked;
    println!("\n{}", closing(&after, equal, passed));
    Ok(passed)
}

fn table(before: &Told, after: &Told, bytes: u64) -> String {
    type Row<'a> = (&'a str, fn(&Told) -> String);
    let rows: [Row<'_>; 8] = [
        ("words asked for", |told| grouped(told.asked)),
        ("computed", |told| grouped(told.computed)),
        ("answered from the file", |told| grouped(told.found)),
        ("opening the file", |told| span(told.opening)),
        ("all answers took", |told| span(told.taken)),
        ("one answer, median", |told| span(told.median)),
        ("flush", |told| span(told.flush)),
        ("checksum of all answers", |told| format!("{:08x}", told.checksum)),
    ];
    let mut text = format!("  {:<26}{:>16}{:>16}\n", "", "first process", "started again");
    for (name, of) in rows {
        text += &format!("  {name:<26}{:>16}{:>16}\n", of(before), of(after));
    }
    text + &format!("  {:<26}{:>16}\n", "the file", format!("{:.1} MB", bytes as f64 / 1e6))
}

fn closing(after: &Told, equal: bool, passed: bool) -> String {
    let found = grouped(after.found);
    match (equal, passed) {
        (_, true) => format!(
            "restart passed: {found} answers outlived a SIGKILL, none was computed again, all are right"
        ),
        (true, false) => format!("restart failed: {} were computed again", after.computed),
        (false, _) => "restart failed: the answers differ".into(),
    }
}

/// A running process of this program that remembers.
struct Process {
    child: Child,
    lines: BufReader<ChildStdout>,
}

impl Process {
    fn start(file: &Path, stream: &Path, words: usize) -> Result<Self> {
        let program = std::env::current_exe().context("find this program")?;
        let mut command = Command::new(program);
        command.arg("--remember").arg(file).arg("--stream").arg(stream);
        command.args(["--requests", &words.to_string()]).stdout(Stdio::piped());
        let mut child = command.spawn().context("start a process")?;
        let lines = child.stdout.take().context("a pipe was asked for")?;
        Ok(Process { child, lines: BufReader::new(lines) })
    }

    fn told(&mut self) -> Result<Told> {
        Told::read(&self.line()?)
    }

    /// Ends it in the middle of its work, without a warning.
    fn kill_amid(mut self) -> Result<()> {
        while self.line()? != AMID {}
        self.child.kill().context("kill the process")?;
        if self.child.wait().context("wait for the process")?.success() {
            bail!("the process ended before it could be killed");
        }
        Ok(())
    }

    fn end(mut self) -> Result<()> {
        while self.line()? != AMID {}
        if !self.child.wait().context("wait for the process")?.success() {
            bail!("the process failed");
        }
        Ok(())
    }

    fn line(&mut self) -> Result<String> {
        let mut line = String::new();
        if self.lines.read_line(&mut line).context("read from the process")? == 0 {
            bail!("the process ended before it had told all");
        }
        Ok(line.trim_end().to_owned())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Already ended, unless something failed.
        let _ = self.child.kill().and_then(|()| self.child.wait().map(drop));
    }
}

/// A folder beside the stream, on a disk and not in memory; gone at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(stream: &Path) -> Result<Self> {
        let folder = stream.with_extension(format!("{}.restart", std::process::id()));
        fs::create_dir_all(&folder).with_context(|| format!("create {}", folder.display()))?;
        Ok(Folder(folder))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Enough for a few seconds of work, on a slow machine too.
const WORDS: usize = 40_000;
