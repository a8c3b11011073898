//! What a process of the run is told.

use std::env;
use std::path::PathBuf;
use std::process::Command;

use cachefn_e2e::clock::SECOND;

/// Given in the environment of a process.
#[derive(Debug, Clone)]
pub(crate) struct Life {
    /// Its number, which is in its seed.
    pub(crate) number: u64,
    pub(crate) seed: u64,
    /// Where the nodes are.
    pub(crate) urls: Vec<String>,
    /// The folder of the truth and of the diaries.
    pub(crate) folder: PathBuf,
    /// When it stops calling.
    pub(crate) until: u64,
}

impl Life {
    /// That of this process, if it is one.
    pub(crate) fn from_environment() -> Option<Self> {
        let text = env::var(VARIABLE).ok()?;
        let mut words = text.split(' ');
        let mut number = || words.next().and_then(|word| word.parse().ok());
        let (own, seed, until) = (number()?, number()?, number()?);
        let urls = words.map(ToOwned::to_owned).collect();
        let folder = env::var_os(FOLDER)?.into();
        Some(Life { number: own, seed, urls, folder, until })
    }

    /// This program again, as a process with this life.
    pub(crate) fn command(&self) -> Command {
        let Life { number, seed, urls, folder, until } = self;
        let program = env::current_exe().expect("a program knows where it is");
        let mut command = Command::new(program);
        command.env(VARIABLE, format!("{number} {seed} {until} {}", urls.join(" ")));
        command.env(FOLDER, folder);
        command
    }

    pub(crate) fn truth(&self) -> PathBuf {
        self.folder.join("truth")
    }

    pub(crate) fn diary(&self) -> PathBuf {
        self.folder.join(format!("diary-{}", self.number))
    }
}

/// How many keys there are.
pub(crate) const KEYS: u32 = 120;
/// How many tags: a key has the one of its remainder.
pub(crate) const TAGS: u32 = 12;
/// How long an entry lives: it bounds what Redis itself may bring back.
pub(crate) const TTL: u64 = 20 * SECOND;
/// How long memory is trusted without a connection to the bus.
pub(crate) const STALE_WHILE_LOST: u64 = 10 * SECOND;
/// After this time another process makes the value of one that is gone.
pub(crate) const LEASE: u64 = 2 * SECOND;
/// How long a command may take.
pub(crate) const TIMEOUT: u64 = SECOND / 2;

const VARIABLE: &str = "CACHEFN_E2E_LIFE";
const FOLDER: &str = "CACHEFN_E2E_FOLDER";
