//! From a file, its profile and the environment to a configuration, or to all that is wrong with it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::checks;
use super::document::{self, Node};
use super::environment;
use super::faults::{ConfigError, Fault};
use super::given::Given;
use super::layer::{File, services};
use super::locate::locate;
use super::merging::merged;
use super::place::Place;
use super::secrets::{Complaint, Places, reason};
use super::settings::Config;
use super::shape::{Findings, joined};

impl Config {
    /// Reads a file, the profile in it that `CACHEFN_PROFILE` names, and the environment, in which
    /// `CACHEFN__SERVICES__USER_CACHE__TTL=10m` says the ttl of the service `user_cache`.
    ///
    /// # Errors
    /// All that is wrong at once: what is unknown, of a wrong type, missing, or contradicts the rest.
    ///
    /// ```
    /// use cachefn::config::Config;
    /// # let folder = tempfile::tempdir()?;
    /// # let path = folder.path().join("cachefn.toml");
    /// std::fs::write(&path, "[services.users]\nttl = \"10m\"\n")?;
    /// let config = Config::load(&path)?;
    /// assert_eq!(config.services.len(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn load(path: impl AsRef<Path>) -> Result<Self, ConfigError> {
        Self::loader(path).load()
    }

    /// Reads a text as if it were a file of the current folder, without profile and environment.
    ///
    /// # Errors
    /// As [`load`](Self::load).
    ///
    /// ```
    /// use cachefn::config::Config;
    /// let error = Config::read("[services.users]\ncache_type = \"two-level\"\n").unwrap_err();
    /// assert_eq!(error.faults[0].path, "services.users.l2");
    /// ```
    pub fn read(text: &str) -> Result<Self, ConfigError> {
        Self::loader("cachefn.toml").variables(NOTHING).read(text)
    }

    /// Says where else to look than [`load`](Self::load) does.
    ///
    /// ```
    /// use cachefn::config::Config;
    /// let loader = Config::loader("cachefn.toml").profile("production").variables([("REDIS", "redis://localhost")]);
    /// assert!(loader.read("[profile.production]\n").is_ok());
    /// ```
    pub fn loader(path: impl AsRef<Path>) -> Loader {
        Loader { path: path.as_ref().into(), profile: None, variables: None }
    }

    /// Where this one was read from, with the profile that it has, or none, and with the environment that it was
    /// given; nowhere if that was no file.
    pub(crate) fn again(&self) -> Option<Loader> {
        let (path, variables) = (self.file.clone()?, self.given.0.clone());
        Some(Loader { path, profile: Some(self.profile.clone()), variables })
    }
}

/// Where a configuration is to be read.
#[must_use]
#[derive(Clone)]
pub struct Loader {
    path: PathBuf,
    /// The one that was chosen, or none; by the environment if nothing was.
    profile: Option<Option<String>>,
    variables: Option<Vec<(String, String)>>,
}

impl Loader {
    /// The profile, instead of the one that `CACHEFN_PROFILE` names.
    pub fn profile(mut self, name: impl Into<String>) -> Self {
        self.profile = Some(Some(name.into()));
        self
    }

    /// The environment, instead of that of the process.
    pub fn variables<K, V>(mut self, variables: impl IntoIterator<Item = (K, V)>) -> Self
    where
        K: Into<String>,
        V: Into<String>,
    {
        let pair = |(name, text): (K, V)| (name.into(), text.into());
        self.variables = Some(variables.into_iter().map(pair).collect());
        self
    }

    /// Reads the file.
    ///
    /// # Errors
    /// As [`Config::load`].
    pub fn load(self) -> Result<Config, ConfigError> {
        match std::fs::read_to_string(&self.path) {
            Ok(text) => {
                let (file, given) = (Some(self.path.clone()), Given(self.variables.clone()));
                Ok(Config { file, given, ..self.read(&text)? })
            }
            Err(error) => {
                let problem = format!("the file cannot be read: {}", reason(&error));
                let suggestion = "write one, or name another";
                let place = Place { source: self.shown(), line: None };
                let fault = Fault::at(&place, "", problem, suggestion.into());
                Err(ConfigError::new(&self.shown(), vec![fault]))
            }
        }
    }

    /// Reads a text that stands for the file: paths in it are relative to the same folder. What is read from it was
    /// read from no file, and cannot be [watched](crate::registry::Registry::watch).
    ///
    /// # Errors
    /// As [`Config::load`].
    pub fn read(mut self, text: &str) -> Result<Config, ConfigError> {
        let source = self.shown();
        let variables = self.variables.take().unwrap_or_else(environment_of_process);
        let root =
            document::parse(&source, text).map_err(|faults| ConfigError::new(&source, faults))?;
        let mut findings = Findings::default();
        let file = File::new(&source, root, &mut findings);
        let profile = self.profile.clone().unwrap_or_else(|| {
            let named = variables.iter().find(|(name, _)| name == "CACHEFN_PROFILE");
            named.map(|(_, text)| text.clone()).filter(|name| !name.is_empty())
        });
        let mut sources = file.chosen(profile.as_deref(), &mut findings);
        let known = services(&sources);
        sources.push(environment::settings(&variables, &known, &mut findings));
        let read = self.typed(&sources, &variables, profile.as_deref(), &mut findings);
        match read {
            Some(config) if findings.faults.is_empty() => Ok(Config { profile, ..config }),
            _ => Err(ConfigError::new(&source, findings.faults)),
        }
    }

    /// The sources as one configuration, whose settings agree; what does not is found.
    fn typed(
        &self,
        sources: &[Node],
        variables: &[(String, String)],
        profile: Option<&str>,
        findings: &mut Findings,
    ) -> Option<Config> {
        let read = merged(sources).and_then(|all| {
            serde_json::from_value::<Config>(all).map_err(|error| error.to_string())
        });
        let mut config = match read {
            Ok(config) => config,
            Err(text) => {
                let place = Place { source: self.shown(), line: None };
                findings.add(&place, "", format!("cannot be used: {text}"), "correct it".into());
                return None;
            }
        };
        let folder = self.path.parent().unwrap_or(Path::new(""));
        let mut complaints = Places { variables, folder }.fetch(&mut config);
        complaints.extend(checks::zeros(&config));
        checks::settle(&mut config, folder);
        let has_type = |service: &str| {
            let path = format!("{}.cache_type", joined("services", service));
            !findings.is_tried(&path, profile)
        };
        complaints.extend(checks::contradictions(&config, has_type));
        for complaint in complaints {
            complain(sources, complaint, profile, findings);
        }
        Some(config)
    }

    fn shown(&self) -> Arc<str> {
        self.path.display().to_string().into()
    }
}

fn complain(
    sources: &[Node],
    complaint: Complaint,
    profile: Option<&str>,
    findings: &mut Findings,
) {
    let (keys, problem, suggestion) = complaint;
    let path = keys.iter().fold(String::new(), |path, key| joined(&path, key));
    // Somebody who wrote it wrong has not left it out.
    if findings.is_tried(&path, profile) {
        return;
    }
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    let place = locate(sources, &keys);
    findings.faults.push(Fault::at(&place, &path, problem, suggestion));
}

/// What is no text in the environment is no setting either.
fn environment_of_process() -> Vec<(String, String)> {
    let text = |(name, text): (std::ffi::OsString, std::ffi::OsString)| {
        Some((name.into_string().ok()?, text.into_string().ok()?))
    };
    std::env::vars_os().filter_map(text).collect()
}

const NOTHING: [(String, String); 0] = [];
