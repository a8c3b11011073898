//! Browsers for the tests that run in real ones.

use std::path::PathBuf;

use anyhow::Result;

use super::debian::{Program, installed};
use crate::run::Job;

/// Finds Chromium, or installs Debian's package when we may.
///
/// # Errors
/// There is none, and we are not root on a Debian machine.
pub(crate) fn chromium(job: &Job<'_>) -> Result<PathBuf> {
    Ok(installed(job, &[CHROMIUM])?.remove(0).1)
}

/// Finds Firefox, or installs Debian's package when we may.
///
/// # Errors
/// There is none, and we are not root on a Debian machine.
pub(crate) fn firefox(job: &Job<'_>) -> Result<PathBuf> {
    Ok(installed(job, &[FIREFOX])?.remove(0).1)
}

/// Finds three browsers and what WebKit needs, or installs them when we may: each with the variable
/// by which `npm/runtimes/` and `tests/pages/` learn of it.
///
/// # Errors
/// One is missing, and we are not root on a Debian machine.
pub(crate) fn browsers(job: &Job<'_>) -> Result<Vec<(&'static str, PathBuf)>> {
    installed(job, &[CHROMIUM, FIREFOX, WEBKIT_DRIVER, MINI_BROWSER, XVFB])
}

const CHROMIUM: Program = Program {
    variable: "CHROMIUM",
    names: &["chromium", "chromium-browser", "google-chrome"],
    package: "chromium",
};
const FIREFOX: Program =
    Program { variable: "FIREFOX", names: &["firefox-esr", "firefox"], package: "firefox-esr" };
const WEBKIT_DRIVER: Program = Program {
    variable: "WEBKIT_DRIVER",
    names: &["WebKitWebDriver"],
    package: "webkit2gtk-driver",
};
const MINI_BROWSER: Program = Program {
    variable: "MINIBROWSER",
    names: &["MiniBrowser"],
    package: "libwebkit2gtk-4.1-0", // comes with the driver
};
const XVFB: Program = Program { variable: "XVFB", names: &["Xvfb"], package: "xvfb" };
