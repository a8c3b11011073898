//! The file that an export is written to: whole, or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};

use super::failure::Failure;

/// A file that is written. What was there before stays until [`end`](Self::end).
pub(crate) struct Target<'p> {
    /// As it was named.
    path: &'p Path,
    file: BufWriter<File>,
    /// What a pipe or a device does not have: there everything is written at once.
    beside: Option<Beside>,
}

/// A file that becomes another one, or nothing.
struct Beside {
    written: PathBuf,
    becomes: PathBuf,
}

impl<'p> Target<'p> {
    /// # Errors
    /// Of usage when it would replace `storage`, a file or something in a folder; of data when it cannot
    /// be written.
    pub(crate) fn new(path: &'p Path, storage: Option<&Path>) -> Result<Self, Failure> {
        if storage.is_some_and(|storage| is_in(path, storage)) {
            let told = "is the storage that is read; name another file";
            return Err(Failure::Usage(format!("export: {} {told}", path.display())));
        }
        let failed = |error| failed(path, &error);
        let before = fs::metadata(path).ok();
        if before.as_ref().is_some_and(|before| !before.is_file()) {
            let file = BufWriter::new(File::create(path).map_err(failed)?);
            return Ok(Target { path, file, beside: None });
        }
        // Behind a link, so that the link stays.
        let becomes = path.canonicalize().unwrap_or_else(|_| path.into());
        let (file, written) = anew(&becomes).map_err(failed)?;
        let beside = Some(Beside { written, becomes });
        if let Some(before) = before {
            // What may not be written may not be replaced, either.
            OpenOptions::new().write(true).open(path).map_err(failed)?;
            file.set_permissions(before.permissions()).map_err(failed)?;
        }
        Ok(Target { path, file: BufWriter::new(file), beside })
    }

    /// Whether nothing of it stays without its end.
    pub(crate) fn is_beside(&self) -> bool {
        self.beside.is_some()
    }

    pub(crate) fn line(&mut self, line: &str) -> Result<(), Failure> {
        writeln!(self.file, "{line}").map_err(|error| failed(self.path, &error))
    }

    /// All is written, and takes the place of what was there before.
    pub(crate) fn end(self) -> Result<(), Failure> {
        let Target { file, path, beside } = self;
        let failed = |error| failed(path, &error);
        let file = file.into_inner().map_err(|error| failed(error.into_error()))?;
        let Some(beside) = beside else { return Ok(()) };
        file.sync_all().map_err(failed)?;
        drop(file);
        fs::rename(&beside.written, &beside.becomes).map_err(failed)
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        // It is not there any more where it has become the other one.
        let _ = fs::remove_file(&self.written);
    }
}

/// A file of another name in the same folder.
fn anew(path: &Path) -> io::Result<(File, PathBuf)> {
    let mut number = 0;
    loop {
        let mut name = path.as_os_str().to_os_string();
        name.push(format!(".{}-{number}.part", std::process::id()));
        let file = OpenOptions::new().write(true).create_new(true).open(&name);
        match file {
            // What a process of the same number has left when it was killed.
            Err(error) if error.kind() == ErrorKind::AlreadyExists && number < 1_000 => number += 1,
            file => return Ok((file?, name.into())),
        }
    }
}

/// Whether a file is the storage, or would lie in its folder.
fn is_in(path: &Path, storage: &Path) -> bool {
    let folder = || match path.parent() {
        Some(folder) if folder != Path::new("") => folder.canonicalize().ok(),
        _ => Path::new(".").canonicalize().ok(),
    };
    let named = || Some(folder()?.join(path.file_name()?));
    let is_in =
        |storage| path.canonicalize().ok().or_else(named).map(|own| own.starts_with(storage));
    storage.canonicalize().ok().and_then(is_in).unwrap_or(false)
}

fn failed(path: &Path, error: &io::Error) -> Failure {
    Failure::Data(format!("export: write {}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_in_the_folder_of_a_storage_is_a_part_of_it_and_one_beside_it_is_not() {
        let folder = tempfile::tempdir().expect("a folder");
        let own = |name: &str| folder.path().join(name);
        fs::create_dir_all(own("cache/inside")).expect("folders");
        fs::write(own("cache/CURRENT"), "").expect("a file");
        for name in ["cache", "cache/CURRENT", "cache/new.jsonl", "cache/inside/../new.jsonl"] {
            assert!(is_in(&own(name), &own("cache")), "{name}");
        }
        for name in ["cache.jsonl", "cache/../new.jsonl", "no/such/folder"] {
            assert!(!is_in(&own(name), &own("cache")), "{name}");
        }
        assert!(!is_in(Path::new("new.jsonl"), &own("cache")));
    }
}
