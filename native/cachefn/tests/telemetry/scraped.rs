//! What Prometheus reads, taken apart again.

use std::collections::{BTreeMap, BTreeSet};

use cachefn::telemetry::BUCKETS;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusRecorder};

/// An exporter for this thread alone.
pub(crate) fn exporter() -> PrometheusRecorder {
    builder().build_recorder()
}

pub(crate) fn builder() -> PrometheusBuilder {
    let duration = Matcher::Full("cache_operation_duration_seconds".into());
    PrometheusBuilder::new().set_buckets_for_metric(duration, &BUCKETS).unwrap()
}

/// The series of a page, by their names and labels as they stand there.
pub(crate) struct Scraped {
    series: BTreeMap<String, f64>,
    pub(crate) kinds: BTreeMap<String, String>,
}

impl Scraped {
    pub(crate) fn read(page: &str) -> Self {
        let (mut series, mut kinds) = (BTreeMap::new(), BTreeMap::new());
        for line in page.lines().filter(|line| !line.is_empty()) {
            if let Some(kind) = line.strip_prefix("# TYPE ") {
                let (name, kind) = kind.split_once(' ').unwrap();
                kinds.insert(name.into(), kind.into());
            } else if !line.starts_with('#') {
                let (name, value) = line.rsplit_once(' ').unwrap();
                series.insert(name.into(), value.parse().unwrap());
            }
        }
        Scraped { series, kinds }
    }

    /// The value of the series of this name and these labels, in the order in which they are told.
    pub(crate) fn value(&self, name: &str, labels: &str) -> Option<f64> {
        self.series.get(&format!("{name}{{{labels}}}")).copied()
    }

    /// How often an operation of layer `l2` ended so, as requests and as durations.
    pub(crate) fn ended(&self, service: &str, operation: &str, result: &str) -> [Option<f64>; 2] {
        let labels =
            format!(r#"service="{service}",layer="l2",operation="{operation}",result="{result}""#);
        ["cache_requests_total", "cache_operation_duration_seconds_count"]
            .map(|name| self.value(name, &labels))
    }

    /// The sets of labels that the series of a name have; `le` of buckets is none of ours.
    pub(crate) fn labels(&self, name: &str) -> BTreeSet<Vec<String>> {
        let labels = |series: &String| {
            let (found, labels) = series.trim_end_matches('}').split_once('{')?;
            let of = |label: &str| label.split('=').next().unwrap().to_string();
            (found == name).then(|| labels.split(',').map(of).collect())
        };
        self.series.keys().filter_map(labels).collect()
    }
}
