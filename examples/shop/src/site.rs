//! What the processes of the shop are started with.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::process::Command;

use crate::Failure;
use crate::catalogue::Catalogue;

/// A program, its configuration, a catalogue, and what the environment says. Clones are the same.
#[derive(Debug, Clone)]
pub struct Site {
    program: PathBuf,
    config: PathBuf,
    catalogue: PathBuf,
    environment: Vec<(&'static str, String)>,
}

/// How the program `cachefn` ended.
#[derive(Debug)]
pub struct Steered {
    /// Its exit code; none if it was killed.
    pub code: Option<i32>,
    /// What it printed.
    pub out: String,
    /// What it told on the standard error.
    pub told: String,
}

impl Site {
    /// This program with the configuration of this folder, over a new catalogue in another one.
    ///
    /// # Errors
    /// The catalogue cannot be made.
    pub fn new(program: &Path, folder: &Path, redis: &str) -> Result<Self, Failure> {
        let catalogue = folder.join("catalogue.db");
        Catalogue::create(&catalogue)?;
        let (program, config) = (program.to_path_buf(), PathBuf::from(CONFIG));
        let environment = vec![("SHOP_REDIS", redis.to_string())];
        Ok(Site { program, config, catalogue, environment })
    }

    /// The same with one more variable of the environment.
    #[must_use]
    pub fn with(mut self, variable: &'static str, value: impl ToString) -> Self {
        self.environment.push((variable, value.to_string()));
        self
    }

    /// What is slow.
    pub fn catalogue(&self) -> Catalogue {
        Catalogue::open(&self.catalogue)
    }

    /// Runs the program `cachefn` over the configuration, with these words.
    ///
    /// # Errors
    /// It cannot be run.
    pub async fn steer(&self, words: &[&str]) -> Result<Steered, Failure> {
        let mut command = self.command("cachefn");
        command.args(words).arg("--config").arg(&self.config).stdin(Stdio::null());
        let ended = command.output().await?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let (out, told) = (text(&ended.stdout), text(&ended.stderr));
        Ok(Steered { code: ended.status.code(), out, told })
    }

    /// An instance that serves.
    pub(crate) fn serving(&self) -> Command {
        let mut command = self.command("serve");
        command.args([&self.config, &self.catalogue]);
        command
    }

    /// It ends when its value is dropped. What the shell of a developer says of telemetry and of caches is not for it.
    fn command(&self, word: &str) -> Command {
        let mut command = Command::new(&self.program);
        command.arg(word);
        for (name, _) in env::vars_os() {
            if ["OTEL_", "CACHEFN_"].iter().any(|own| name.to_string_lossy().starts_with(own)) {
                command.env_remove(name);
            }
        }
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command.kill_on_drop(true);
        command
    }
}

const CONFIG: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/cachefn.toml");
