//! Where things are: the root of the repository, the target folder, and cargo itself.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The repository this program works on.
pub(crate) struct Project {
    root: PathBuf,
    target: PathBuf,
}

impl Project {
    /// The repository whose `cargo xtask` started this program.
    pub(crate) fn at_run_time() -> Self {
        let own_folder = env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let root = own_folder.parent().expect("xtask/ lies in the repository").to_path_buf();
        let target = match env::var_os("CARGO_TARGET_DIR") {
            Some(folder) => root.join(folder), // an absolute folder replaces the root
            None => root.join("target"),
        };
        Self { root, target }
    }

    /// The folder that holds the workspace's `Cargo.toml`.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// A file or folder, named from the root.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    /// A file or folder in the target folder.
    pub(crate) fn target(&self, name: &str) -> PathBuf {
        self.target.join(name)
    }

    /// `cargo` with these arguments, started in the root.
    pub(crate) fn cargo(&self, arguments: &[&str]) -> Command {
        let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = Command::new(cargo);
        command.args(arguments).current_dir(&self.root);
        command
    }

    /// Any other program, started in a folder named from the root.
    pub(crate) fn program(&self, name: &str, arguments: &[&str], folder: &str) -> Command {
        let mut command = Command::new(name);
        command.args(arguments).current_dir(self.path(folder));
        command
    }
}
