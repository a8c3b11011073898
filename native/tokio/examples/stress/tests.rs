//! Short runs of the program itself.

use std::time::Duration;

use cachefn_tokio::State;

use crate::histogram::Histogram;
use crate::options::{Asked, Options, Where};
use crate::plot;
use crate::run::run;

fn read(words: &str) -> Result<Asked, String> {
    Options::read(words.split_whitespace().map(str::to_owned))
}

fn options(words: &str) -> Options {
    match read(words) {
        Ok(Asked::Run(options)) => options,
        other => panic!("{words}: {other:?}"),
    }
}

#[test]
fn every_call_is_counted_and_brings_its_value() {
    let options = options("--concurrency 8 --calls 3000 --duration 60 --keys 200");
    let mut lines = Vec::new();
    let report = run(&options, &mut |line| lines.push(line.to_owned())).unwrap();
    assert!(report.is_sound(), "{report}");
    assert!(report.times.total() >= 3000 && report.times.total() < 3000 + 8, "{report}");
    assert_eq!((report.told, report.status.failures, report.status.refused), (0, 0, 0));
    assert!(report.fetches > 0 && report.stats.hits > 0, "{report}");
    assert!(lines.last().unwrap().contains("calls/s"), "{lines:?}");
    for line in report.to_string().lines().chain(lines.iter().map(String::as_str)) {
        assert!(line.chars().count() <= 80, "{line}");
    }
    let svg = plot::draw(&report);
    assert_eq!((svg.matches("<polyline").count(), svg.matches("</svg>").count()), (2, 1));
}

#[test]
fn h_35_with_faults_before_a_file_no_cached_call_fails_and_the_storage_recovers() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cache.db");
    let words =
        format!("--concurrency 8 --duration 3 --keys 500 --faults --file {}", path.display());
    let report = run(&options(&words), &mut |_| {}).unwrap();
    assert!(report.is_sound(), "{report}");
    let status = &report.status;
    assert!(status.timeouts > 0 && status.opened >= 2 && status.refused > 0, "{report}");
    assert_eq!(status.state, State::Healthy, "{report}");
}

#[test]
fn h_35_a_redis_that_is_stopped_and_killed_fails_no_cached_call() {
    let report = run(&options("--concurrency 8 --duration 4 --faults"), &mut |_| {}).unwrap();
    assert!(report.is_sound(), "{report}");
    let status = &report.status;
    assert!(status.failures > 0 && status.opened >= 1 && status.refused > 0, "{report}");
    assert_eq!(status.state, State::Healthy, "{report}");
}

#[test]
fn the_command_line_says_what_it_does_not_understand() {
    for (words, fault) in [
        ("--concurrency 0", "--concurrency 0: expected a whole number from 1 on"),
        ("--duration soon", "--duration soon: expected a whole number from 1 on"),
        ("--keys", "--keys needs a value"),
        ("--colour", "unknown argument \"--colour\""),
        (
            "--redis a --file b",
            "records are in one place: give one of --redis, --cluster and --file, once",
        ),
    ] {
        assert_eq!(read(words), Err(fault.to_owned()));
    }
    assert!(read("--redis redis://127.0.0.1/ --faults").unwrap_err().contains("leave --redis"));
    let nodes = ["redis://a", "redis://b"].map(str::to_owned).to_vec();
    assert_eq!(options("--cluster redis://a,redis://b").place, Where::Cluster(nodes));
    assert_eq!((read("--help"), options("--faults").place), (Ok(Asked::Help), Where::OwnRedis));
}

#[test]
fn a_quantile_is_never_more_than_a_thirty_second_too_long() {
    let mut times = Histogram::new();
    for nanos in 1..=100_000 {
        times.add(Duration::from_nanos(nanos));
    }
    for part in [0.001, 0.5, 0.9, 0.99, 0.999, 1.0] {
        let (exact, told) = (part * 100_000.0, times.quantile(part).as_nanos() as f64);
        assert!(told >= exact && told <= exact * (1.0 + 1.0 / 32.0) + 1.0, "{part}: {told}");
    }
    let mut both = times.clone();
    both.merge(&times);
    assert_eq!((both.total(), both.quantile(0.5)), (200_000, times.quantile(0.5)));
    assert_eq!(Histogram::new().quantile(0.5), Duration::ZERO);
}
