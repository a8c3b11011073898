//! `cachefn doctor`: whether a storage does what caches need, and what is wrong with its records.

use std::time::Instant;

use bytes::Bytes;
use cachefn_core::{Error, Keep, Storage};

use crate::cli::census::{Census, census};
use crate::cli::failure::Failure;
use crate::cli::finding::{Finding, print};
use crate::cli::output::Output;
use crate::cli::place::Opened;
use crate::cli::text::{count, harmless, things};

/// # Errors
/// When the storage does not answer, and when something is wrong.
pub(crate) async fn doctor(opened: &Opened, output: &mut Output) -> Result<(), Failure> {
    let mut findings = Vec::new();
    findings.push(Finding::good(opened.title.clone(), "opens"));
    for damage in opened.damage() {
        let told = format!("the file was damaged, and another one begun: {damage}");
        findings.push(Finding::fault(opened.title.clone(), told));
    }
    findings.push(round_trip(opened).await);
    let capabilities = opened.storage.capabilities();
    if !capabilities.survives {
        let told = "what is in it does not survive its end";
        findings.push(Finding::warning(opened.title.clone(), told));
    }
    if capabilities.scans {
        for own in census(opened).await? {
            about(&own, &mut findings);
        }
    } else {
        let told = "it cannot list its names: nothing is known of its records";
        findings.push(Finding::warning(opened.title.clone(), told));
    }
    print(&findings, output)
}

/// Writes, reads and deletes a record that no cache has.
async fn round_trip(opened: &Opened) -> Finding {
    let probe = Bytes::from(format!("{:?}", Instant::now()));
    let start = Instant::now();
    let tried = async {
        let minute = Some(std::time::Duration::from_secs(60));
        opened.storage.set(PROBE, probe.clone(), Keep::new(minute, &[])).await?;
        let found = opened.storage.get(PROBE).await?;
        let is_same = found.is_some_and(|found| found.record == probe);
        Ok::<bool, Error>(opened.storage.delete(PROBE).await? && is_same)
    };
    let what = opened.title.clone();
    match tried.await {
        Ok(true) => {
            let ms = start.elapsed().as_secs_f64() * 1e3;
            Finding::good(what, format!("writes, reads and deletes in {ms:.1} ms"))
        }
        Ok(false) => Finding::fault(what, "a record that was just written is not there"),
        Err(error) => Finding::fault(what, error.to_string()),
    }
}

/// What is odd about the records of one cache.
fn about(own: &Census, findings: &mut Vec<Finding>) {
    let what = harmless(&own.namespace);
    if own.unreadable > 0 {
        let told = format!("{} cannot be read", things(own.unreadable, "record", "records"));
        findings.push(Finding::fault(what.clone(), told));
    }
    if own.skewed > 0 {
        let told = format!(
            "{} from the future: a clock is ahead by more than 5 s",
            things(own.skewed, "record", "records")
        );
        findings.push(Finding::fault(what.clone(), told));
    }
    if own.codecs.len() > 1 {
        let codecs: Vec<&str> = own.codecs.keys().map(String::as_str).collect();
        let told = format!(
            "its records are {}: caches with different codecs share a name",
            codecs.join(" and ")
        );
        findings.push(Finding::warning(what.clone(), told));
    }
    if own.dead > own.records() / 2 && own.dead > MANY {
        let told = format!(
            "{} of {} records are dead and take space; purge() gives it back",
            count(own.dead),
            count(own.records())
        );
        findings.push(Finding::warning(what.clone(), told));
    }
    let told = format!("{} can be returned", things(own.fresh + own.stale, "entry", "entries"));
    findings.push(Finding::good(what, told));
}

const PROBE: &[u8] = b"cachefn-doctor:probe";
/// Fewer dead records are no matter.
const MANY: u64 = 100;
