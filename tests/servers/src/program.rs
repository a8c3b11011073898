//! Any other server beside Redis, in a folder of its own.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::{fmt, io};

use crate::folder;
use crate::process::Process;

/// A running program. It ends when this is dropped, or with the process that started it, and its folder goes then.
///
/// ```
/// use cachefn_servers::Program;
/// use std::process::Command;
///
/// let program = Program::start(|folder| {
///     std::fs::write(folder.join("greeting"), "hello")?; // it begins in this folder
///     let mut command = Command::new("tail");
///     command.args(["-f", "greeting"]);
///     Ok(command)
/// })?;
/// while program.log() != "hello" {
///     assert!(program.is_running());
/// }
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct Program {
    folder: PathBuf,
    process: Mutex<Process>,
}

impl Program {
    /// Starts the command, in a new folder that may be filled before.
    ///
    /// # Errors
    /// What `prepare` says; or there is no such program (`NotFound`), or it cannot be run.
    pub fn start(prepare: impl FnOnce(&Path) -> io::Result<Command>) -> io::Result<Self> {
        let folder = folder::new();
        // From here on the folder goes when we do.
        let mut process = Process::none(&folder);
        let mut command = prepare(&folder)?;
        let log = File::options().create(true).append(true).open(folder.join("log"))?;
        command.current_dir(&folder).stdin(Stdio::null()).stderr(log.try_clone()?).stdout(log);
        process.start(&mut command)?;
        Ok(Self { folder, process: Mutex::new(process) })
    }

    /// Whether it has not ended.
    pub fn is_running(&self) -> bool {
        self.process.lock().unwrap_or_else(PoisonError::into_inner).runs()
    }

    /// What it has printed.
    pub fn log(&self) -> String {
        let bytes = fs::read(self.folder.join("log")).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

impl fmt::Debug for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Program").field("folder", &self.folder).finish_non_exhaustive()
    }
}
