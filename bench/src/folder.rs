//! A folder for what a measurement writes.

use std::fs;
use std::path::{Path, PathBuf};

/// Gone at the end; on the disk of the repository, because the one for temporary files may be memory.
pub struct Folder(PathBuf);

impl Folder {
    /// # Errors
    /// The disk refuses.
    pub fn new(name: &str) -> Result<Self, String> {
        let name = format!("{name}-{}", std::process::id());
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("results").join(name);
        let made = fs::create_dir_all(&path);
        made.map_err(|error| format!("make a folder in results: {error}"))?;
        Ok(Folder(path))
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
