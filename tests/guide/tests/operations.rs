//! What the chapter on operations says of metrics and settings is what the crates have.

use std::collections::BTreeMap;

use cachefn::config::Config;
use cachefn::telemetry::{Kind, METRICS};
use cachefn_tokio::State;

const PAGE: &str = include_str!("../../../docs/guide/operations.md");

#[test]
fn every_metric_has_its_row_with_its_labels_and_no_other_has_one() {
    let rows = PAGE.lines().filter(|line| line.starts_with("| `cache_"));
    let told: Vec<(String, String)> = rows
        .map(|row| {
            let cells: Vec<&str> = row.split('|').map(str::trim).collect();
            (cells[1].trim_matches('`').into(), cells[2].into())
        })
        .collect();
    let names = METRICS.iter().map(|metric| (metric.name.into(), metric.labels.join(" ")));
    assert_eq!(told, names.collect::<Vec<(String, String)>>());
}

#[test]
fn every_series_that_the_page_asks_for_is_told_and_has_the_labels_it_is_asked_by() {
    let mut asked: BTreeMap<&str, usize> = BTreeMap::new();
    let is_in = |sign: char| sign.is_ascii_lowercase() || sign.is_ascii_digit() || sign == '_';
    for part in PAGE.split(|sign: char| !is_in(sign)) {
        if part.starts_with("cache_") && part != "cache_type" {
            *asked.entry(part).or_default() += 1;
        }
    }
    assert!(asked.len() >= METRICS.len(), "{asked:?}");
    for series in asked.keys() {
        let known = METRICS.iter().any(|metric| match series.strip_prefix(metric.name) {
            Some("") => true,
            Some("_bucket" | "_count" | "_sum") => metric.kind == Kind::Histogram,
            _ => false,
        });
        assert!(known, "no metric {series}");
    }
    for query in PAGE.split("{").skip(1).filter_map(|rest| rest.split_once("}[")).map(|one| one.0) {
        let label = query.split(['=', '~']).next().unwrap();
        assert!(METRICS.iter().any(|metric| metric.labels.contains(&label)), "{query}");
    }
}

#[test]
fn every_state_has_its_row() {
    for state in [State::Healthy, State::Degraded, State::Recovering] {
        assert!(PAGE.contains(&format!("\n| `{state}` |")), "{state}");
    }
}

#[test]
fn the_file_on_the_page_is_right() {
    let text = PAGE.split_once("```toml\n").unwrap().1.split_once("```").unwrap().0;
    let config = Config::read(text).unwrap();
    assert!(config.global.metrics && config.services["users"].two_level.wal_path.is_some());
}
