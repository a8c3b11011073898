//! Secrets that stand elsewhere: in a variable of the environment, or in a file.

use std::path::{Path, PathBuf};

use super::settings::Config;
use super::values::Secret;

/// Where secrets are.
pub(super) struct Places<'a> {
    pub(super) variables: &'a [(String, String)],
    /// What paths are relative to.
    pub(super) folder: &'a Path,
}

/// What is wrong: the service and the setting, and in words.
pub(super) type Complaint = (Vec<String>, String, String);

impl Places<'_> {
    /// Fetches every secret to where it is used.
    pub(super) fn fetch(&self, config: &mut Config) -> Vec<Complaint> {
        let mut complaints = Vec::new();
        for (name, service) in &mut config.services {
            let Some(l2) = &mut service.l2 else { continue };
            let mut fetch = |word: &str,
                             own: &mut Option<Secret>,
                             variable: Option<&String>,
                             file: Option<&PathBuf>| {
                let path =
                    |end: &str| ["services", name, "l2", &format!("{word}{end}")].map(String::from);
                let said = [own.is_some(), variable.is_some(), file.is_some()];
                if said.iter().filter(|said| **said).count() > 1 {
                    let ends = ["", "_env", "_file"].iter().zip(said).filter(|(_, said)| *said);
                    let names: Vec<String> = ends.map(|(end, _)| format!("{word}{end}")).collect();
                    let problem = format!("is said more than once, as {}", names.join(" and "));
                    complaints.push((
                        path(names[1].trim_start_matches(word)).into(),
                        problem,
                        "keep one of them".into(),
                    ));
                    return;
                }
                let (end, found) = match (variable, file) {
                    (Some(variable), _) => ("_env", self.variable(variable)),
                    (_, Some(file)) => ("_file", self.file(file)),
                    _ => return,
                };
                match found {
                    Ok(text) => *own = Some(Secret::new(text)),
                    Err((problem, suggestion)) => {
                        complaints.push((path(end).into(), problem, suggestion))
                    }
                }
            };
            let (variable, file) =
                (l2.connection_string_env.clone(), l2.connection_string_file.clone());
            fetch("connection_string", &mut l2.connection_string, variable.as_ref(), file.as_ref());
            let (variable, file) = (l2.password_env.clone(), l2.password_file.clone());
            fetch("password", &mut l2.password, variable.as_ref(), file.as_ref());
        }
        complaints
    }

    fn variable(&self, name: &str) -> Result<String, (String, String)> {
        match self.variables.iter().find(|(known, _)| known == name) {
            Some((_, text)) if !text.is_empty() => Ok(text.clone()),
            Some(_) => Err((
                format!("names the variable {name}, which is empty"),
                "give it the secret".into(),
            )),
            None => Err((
                format!("names the variable {name}, which is not set"),
                "set it, or name another one".into(),
            )),
        }
    }

    fn file(&self, path: &Path) -> Result<String, (String, String)> {
        let path = self.folder.join(path);
        let told = |why: String| {
            (
                format!("names the file {}, {why}", path.display()),
                "write the secret there, and nothing else".to_string(),
            )
        };
        let text = std::fs::read_to_string(&path)
            .map_err(|error| told(format!("which cannot be read: {}", reason(&error))))?;
        // Whoever writes such a file with an editor or `echo` ends it with a new line.
        match text.trim_end_matches(['\n', '\r']) {
            "" => Err(told("which is empty".into())),
            text => Ok(text.into()),
        }
    }
}

/// The words of the system without its numbers, which are not the same everywhere.
pub(super) fn reason(error: &std::io::Error) -> String {
    let text = error.to_string().to_lowercase();
    text.split(" (os error").next().unwrap_or_default().to_string()
}
