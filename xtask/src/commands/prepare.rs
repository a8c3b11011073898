//! What several commands do before they speak.

use anyhow::{Result, anyhow};

use crate::project::Project;
use crate::run::Job;

/// Does work under a name; when it fails, shows the end of its log.
pub(super) fn with_log<T>(
    project: &Project,
    name: &str,
    work: impl FnOnce(&Job<'_>) -> Result<T>,
) -> Result<T> {
    let job = Job::begin(project, name)?;
    work(&job).map_err(|error| match job.failures() {
        words if words.is_empty() => error,
        words => anyhow!("{error:#}\n{words}\nall of it: {}", job.log_path().display()),
    })
}
