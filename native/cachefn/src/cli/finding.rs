//! What a check found, and how that is told.

use console::Style;
use serde_json::json;

use super::failure::Failure;
use super::folding::folded;
use super::output::{Format, Output};
use super::text::{harmless, things};

#[derive(Debug)]
pub(crate) struct Finding {
    verdict: Verdict,
    /// What was looked at.
    what: String,
    told: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Good,
    /// Nothing is wrong, and somebody may want to know.
    Note,
    Warning,
    Fault,
}

impl Finding {
    pub(crate) fn good(what: impl Into<String>, told: impl Into<String>) -> Self {
        Finding { verdict: Verdict::Good, what: what.into(), told: told.into() }
    }

    pub(crate) fn note(what: impl Into<String>, told: impl Into<String>) -> Self {
        Finding { verdict: Verdict::Note, what: what.into(), told: told.into() }
    }

    pub(crate) fn warning(what: impl Into<String>, told: impl Into<String>) -> Self {
        Finding { verdict: Verdict::Warning, what: what.into(), told: told.into() }
    }

    pub(crate) fn fault(what: impl Into<String>, told: impl Into<String>) -> Self {
        Finding { verdict: Verdict::Fault, what: what.into(), told: told.into() }
    }
}

/// Prints them in their order, and their number.
///
/// # Errors
/// When one of them is a fault.
pub(crate) fn print(findings: &[Finding], output: &mut Output) -> Result<(), Failure> {
    let number = |verdict| findings.iter().filter(|own| own.verdict == verdict).count();
    let (faults, warnings) = (number(Verdict::Fault), number(Verdict::Warning));
    // On a terminal what is wrong shall not be pushed out by what is good. Two lines end it.
    let mut room = match output.format {
        Format::People => {
            output.height().saturating_sub(faults + warnings + number(Verdict::Note) + 3)
        }
        _ => usize::MAX,
    };
    let mut left_out = 0;
    for own in findings {
        if own.verdict == Verdict::Good {
            if room == 0 {
                left_out += 1;
                continue;
            }
            room -= 1;
        }
        if output.is_json() {
            let verdict = own.verdict.word();
            output.json(&json!({ "verdict": verdict, "what": own.what, "told": own.told }))?;
        } else {
            let verdict = own.verdict.style().apply_to(format!("{:<7}", own.verdict.word()));
            let told = format!("{}: {}", harmless(&own.what), harmless(&own.told));
            let width = if output.is_terminal() { output.width() - INDENT } else { usize::MAX };
            let mut lines = folded(&told, width).into_iter();
            output.line(&format!("{verdict}  {}", lines.next().unwrap_or_default()))?;
            lines.try_for_each(|line| output.line(&format!("{:INDENT$}{line}", "")))?;
        }
    }
    if left_out > 0 {
        output.line(&format!("and {left_out} more that are good"))?;
    }
    if !output.is_json() {
        output.line(&format!(
            "{}, {}",
            things(faults as u64, "fault", "faults"),
            things(warnings as u64, "warning", "warnings")
        ))?;
    }
    if faults > 0 { Err(Failure::Nothing(None)) } else { Ok(()) }
}

impl Verdict {
    fn word(self) -> &'static str {
        match self {
            Verdict::Good => "good",
            Verdict::Note => "note",
            Verdict::Warning => "warning",
            Verdict::Fault => "fault",
        }
    }

    fn style(self) -> Style {
        match self {
            Verdict::Good => Style::new().green(),
            Verdict::Note => Style::new().cyan(),
            Verdict::Warning => Style::new().yellow(),
            Verdict::Fault => Style::new().red().bold(),
        }
    }
}

/// Where texts begin, behind the verdict.
const INDENT: usize = 9;
