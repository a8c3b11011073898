//! The dashboard of Grafana asks for nothing that is not told.

use std::collections::BTreeSet;

use cachefn::telemetry::{Kind, METRICS, Metric};
use serde_json::Value;

const DASHBOARD: &str = include_str!("../../dashboards/grafana.json");

/// Every text under a key of this name, wherever it stands.
fn texts<'v>(value: &'v Value, name: &str, found: &mut Vec<&'v str>) {
    match value {
        Value::Object(members) => {
            for (key, value) in members {
                match value.as_str() {
                    Some(text) if key == name => found.push(text),
                    _ => texts(value, name, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| texts(item, name, found)),
        _ => {}
    }
}

/// Words of a query, without what stands in quotes.
fn words(query: &str) -> Vec<String> {
    let outside: String = query.split('"').step_by(2).collect::<Vec<_>>().join(" ");
    let is_word = |sign: char| sign.is_ascii_alphanumeric() || sign == '_' || sign == '$';
    let words = outside.split(|sign: char| !is_word(sign));
    words.filter(|word| !word.is_empty()).map(Into::into).collect()
}

/// The metric of a series: those of a histogram have endings.
fn metric(series: &str) -> Option<&'static Metric> {
    METRICS.iter().find(|metric| match series.strip_prefix(metric.name) {
        Some("") => metric.kind != Kind::Histogram,
        Some("_bucket" | "_count" | "_sum") => metric.kind == Kind::Histogram,
        _ => false,
    })
}

fn queries(dashboard: &Value) -> Vec<&str> {
    let mut found = Vec::new();
    texts(dashboard, "expr", &mut found);
    texts(dashboard, "definition", &mut found);
    found
}

#[test]
fn every_query_of_the_dashboard_names_metrics_and_labels_that_are_told() {
    let dashboard: Value = serde_json::from_str(DASHBOARD).unwrap();
    let queries = queries(&dashboard);
    assert!(queries.len() > 10, "{} queries", queries.len());
    let of_prometheus = ["le", "job", "instance"];
    for query in queries {
        let words = words(query);
        let series: Vec<&String> = words.iter().filter(|word| word.starts_with("cache_")).collect();
        let told: Vec<&Metric> = series
            .iter()
            .map(|series| metric(series).unwrap_or_else(|| panic!("no metric {series}: {query}")))
            .collect();
        assert!(!told.is_empty(), "a query for nothing: {query}");
        for word in words.iter().filter(|word| LABELS.contains(&word.as_str())) {
            let has = |metric: &&Metric| metric.labels.contains(&word.as_str());
            assert!(told.iter().all(has), "not all series have {word}: {query}");
        }
        for word in &words {
            let known = series.contains(&word)
                || LABELS.contains(&word.as_str())
                || of_prometheus.contains(&word.as_str())
                || FUNCTIONS.contains(&word.as_str())
                || word.starts_with('$')
                || word.parse::<f64>().is_ok();
            assert!(known, "what is {word}? {query}");
        }
    }
}

#[test]
fn every_metric_has_its_place_on_the_dashboard() {
    let dashboard: Value = serde_json::from_str(DASHBOARD).unwrap();
    let shown: BTreeSet<&str> = queries(&dashboard)
        .into_iter()
        .flat_map(words)
        .filter_map(|word| metric(&word).map(|metric| metric.name))
        .collect();
    let told: BTreeSet<&str> = METRICS.iter().map(|metric| metric.name).collect();
    assert_eq!(shown, told);
}

#[test]
fn the_panels_have_ids_of_their_own_and_do_not_lie_on_each_other() {
    let dashboard: Value = serde_json::from_str(DASHBOARD).unwrap();
    let panels = dashboard["panels"].as_array().unwrap();
    let ids: BTreeSet<u64> = panels.iter().map(|panel| panel["id"].as_u64().unwrap()).collect();
    assert_eq!(ids.len(), panels.len());
    let mut cells = BTreeSet::new();
    for panel in panels {
        let of = |name: &str| panel["gridPos"][name].as_u64().unwrap();
        assert!(of("x") + of("w") <= 24, "{}", panel["title"]);
        for cell in (of("x")..of("x") + of("w"))
            .flat_map(|x| (of("y")..of("y") + of("h")).map(move |y| (x, y)))
        {
            assert!(cells.insert(cell), "{} lies on another panel", panel["title"]);
        }
    }
}

const LABELS: [&str; 5] = ["service", "layer", "operation", "result", "cause"];
/// Words of queries that are no series.
const FUNCTIONS: [&str; 8] =
    ["sum", "rate", "by", "histogram_quantile", "label_values", "clamp_min", "increase", "min"];
