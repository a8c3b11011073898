//! `cachefn doctor`: whether a storage does what caches need, and what is wrong with its records; or that
//! for every service of a configuration.

use std::path::Path;
use std::time::Instant;

use bytes::Bytes;
use cachefn_core::{Error, Keep, Storage};

use crate::cli::arguments::Place;
use crate::cli::census::{Census, census};
use crate::cli::failure::Failure;
use crate::cli::finding::{Finding, print};
use crate::cli::here::{self, Absent};
use crate::cli::output::Output;
use crate::cli::place::Opened;
use crate::cli::service::{self, Whose};
use crate::cli::text::{count, things};
use crate::config::{Config, Service};

/// # Errors
/// When something is wrong: with the storage, or with the configuration and the servers in it.
pub(crate) async fn doctor(place: &Place, output: &mut Output) -> Result<(), Failure> {
    place.agrees()?;
    let mut findings = Vec::new();
    match (&place.config, &place.service) {
        (Some(path), None) => configuration(path, &mut findings).await?,
        (Some(path), Some(_)) if absent_alone(path, place, &mut findings)? => {}
        _ => {
            let opened = Opened::open(place, Absent::Refuse, Whose::One).await?;
            let title = opened.title.clone();
            storage(&title, &opened, &mut findings).await;
            close(&title, opened, &mut findings).await;
        }
    }
    print(&findings, output)
}

/// Tells of the storage of the one service that was named, if that is a file which nobody has made yet.
fn absent_alone(path: &Path, place: &Place, findings: &mut Vec<Finding>) -> Result<bool, Failure> {
    let config = service::load(path)?;
    let name = service::chosen(&config, place.service.as_deref(), Whose::One)?[0];
    let finding = config.services.get(name).and_then(|service| absent(name, service));
    let is_absent = finding.is_some();
    findings.extend(finding);
    Ok(is_absent)
}

/// What is to be said of a storage of this machine that nobody has made yet: the service makes it, if it can.
fn absent(name: &str, service: &Service) -> Option<Finding> {
    let l2 = service.l2.as_ref()?;
    let path = l2.path()?;
    if !here::is_absent(&path, l2.backend()?) {
        return None;
    }
    let shown = path.display();
    Some(match here::can_be_made(&path) {
        Ok(()) => Finding::note(
            name,
            format!("{shown} has no storage yet: the service makes it when it starts"),
        ),
        Err(why) => {
            Finding::fault(name, format!("{shown} has no storage yet, and none can be made: {why}"))
        }
    })
}

/// Every service, and first of all what is wrong with the file.
async fn configuration(path: &Path, findings: &mut Vec<Finding>) -> Result<(), Failure> {
    let title = path.display().to_string();
    let config = match Config::load(path) {
        Ok(config) => config,
        Err(error) => {
            let faults = error.faults.iter();
            findings.extend(faults.map(|fault| Finding::fault("configuration", fault.to_string())));
            return Ok(());
        }
    };
    let profile = config.profile.as_ref().map(|name| format!(", profile {name}"));
    let services = things(config.services.len() as u64, "service", "services");
    findings.push(Finding::good(title, services + &profile.unwrap_or_default()));
    let audit = config.global.audit.file.as_deref().map(here::can_be_made);
    findings.extend(audit.and_then(Result::err).map(|why| Finding::fault("audit", why)));
    for (name, service) in &config.services {
        if service.l2.is_none() {
            findings.push(Finding::good(name, "in the memory of its process alone"));
            continue;
        }
        if let Some(finding) = absent(name, service) {
            findings.push(finding);
            continue;
        }
        match Opened::service(&config, name, Absent::Refuse).await {
            Ok(opened) => {
                if opened.habits.ttl.is_none() {
                    let told = "has no ttl: what it writes stays until it is removed";
                    findings.push(Finding::warning(name, told));
                }
                storage(name, &opened, findings).await;
                close(name, opened, findings).await;
            }
            Err(failure) => findings.push(Finding::fault(name, failure.to_string())),
        }
    }
    Ok(())
}

/// Whether a storage does what caches need, and what is odd about its records.
async fn storage(name: &str, opened: &Opened, findings: &mut Vec<Finding>) {
    let title = if name == opened.title { String::new() } else { format!("{} ", opened.title) };
    findings.push(Finding::good(name, format!("{title}opens")));
    for damage in &opened.damage {
        let told = format!("it was damaged, and another one begun: {damage}");
        findings.push(Finding::fault(name, told));
    }
    findings.push(round_trip(name, opened).await);
    let capabilities = opened.storage.capabilities();
    if capabilities.scans {
        match census(opened).await {
            Ok(counted) => counted.iter().for_each(|own| about(own, findings)),
            Err(failure) => {
                let told = format!("its records cannot be listed: {failure}");
                findings.push(Finding::fault(name, told));
            }
        }
    } else {
        let told = "it cannot list its names: nothing is known of its records";
        findings.push(Finding::warning(name, told));
    }
}

async fn close(name: &str, opened: Opened, findings: &mut Vec<Finding>) {
    if let Err(error) = opened.close().await {
        findings.push(Finding::fault(name, error.to_string()));
    }
}

/// Writes, reads and deletes a record that no cache has.
async fn round_trip(name: &str, opened: &Opened) -> Finding {
    let probe = Bytes::from(format!("{:?}", Instant::now()));
    let start = Instant::now();
    let tried = async {
        let minute = Some(std::time::Duration::from_secs(60));
        opened.storage.set(PROBE, probe.clone(), Keep::new(minute, &[])).await?;
        let found = opened.storage.get(PROBE).await?;
        let is_same = found.is_some_and(|found| found.record == probe);
        Ok::<bool, Error>(opened.storage.delete(PROBE).await? && is_same)
    };
    match tried.await {
        Ok(true) => {
            let ms = start.elapsed().as_secs_f64() * 1e3;
            Finding::good(name, format!("writes, reads and deletes in {ms:.1} ms"))
        }
        Ok(false) => Finding::fault(name, "a record that was just written is not there"),
        Err(error) => Finding::fault(name, error.to_string()),
    }
}

/// What is odd about the records of one cache.
fn about(own: &Census, findings: &mut Vec<Finding>) {
    let what = own.namespace.clone();
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
