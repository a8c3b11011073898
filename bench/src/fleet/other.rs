//! The other process of a measurement: this program once more.

use std::env;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::options::FLEET;

/// A process that will print its figures.
pub struct Other(Child);

impl Other {
    /// # Errors
    /// It cannot be started.
    pub fn start(words: &[&str]) -> Result<Self, String> {
        let program = env::current_exe().map_err(|error| format!("find this program: {error}"))?;
        let mut command = Command::new(program);
        command.arg(FLEET).args(words).stdin(Stdio::null());
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        Ok(Other(child.map_err(|error| format!("start another process: {error}"))?))
    }

    /// What it printed.
    ///
    /// # Errors
    /// It failed; the text holds what it said.
    pub fn figures(self) -> Result<Value, String> {
        let output = self.0.wait_with_output();
        let output = output.map_err(|error| format!("wait for another process: {error}"))?;
        let said = String::from_utf8_lossy(&output.stderr);
        serde_json::from_slice(&output.stdout).map_err(|_| format!("the other process: {said}"))
    }
}
