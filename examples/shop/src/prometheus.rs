//! A real Prometheus, which scrapes the instances.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::time::Duration;

use cachefn_servers::Program;
use form_urlencoded::Serializer;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::Failure;
use crate::programs::Wanted;
use crate::waiting::until;

/// It ends when this is dropped.
pub struct Prometheus {
    program: Program,
    address: SocketAddr,
}

/// One series, and what it is now.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    pub labels: BTreeMap<String, String>,
    pub value: f64,
}

impl Prometheus {
    /// Starts one that asks these for `/metrics` each second.
    ///
    /// # Errors
    /// There is no such program on this machine, and how to get it; or it does not start, and what it says.
    pub async fn start(instances: &[SocketAddr]) -> Result<Self, Failure> {
        let words = |folder: &Path, [address, _]: [SocketAddr; 2]| {
            fs::write(folder.join("prometheus.yml"), configuration(instances))?;
            let listens = format!("--web.listen-address={address}");
            Ok(vec![
                "--config.file=prometheus.yml".into(),
                "--storage.tsdb.path=data".into(),
                listens,
            ])
        };
        let is_ready = |address| {
            get(address, "/-/ready").is_ok_and(|answer| answer.starts_with("HTTP/1.0 200"))
        };
        let (program, address) = WANTED.start(words, is_ready).await?;
        Ok(Prometheus { program, address })
    }

    /// What a query gives now: nothing where there is nothing to tell.
    ///
    /// # Errors
    /// The query is refused, or Prometheus is gone.
    pub fn query(&self, query: &str) -> Result<Vec<Sample>, Failure> {
        let Instant { result } = self.ask("query", &[("query", query)])?;
        let sample = |Series { metric, value: (_, value) }: Series| {
            Ok(Sample { labels: metric, value: value.parse()? })
        };
        result.into_iter().map(sample).collect()
    }

    /// The same as soon as it is as wanted: a scrape comes each second.
    ///
    /// # Errors
    /// As [`query`](Self::query), or it does not become so within a minute; then what it was last.
    pub async fn wait(
        &self,
        query: &str,
        wanted: impl Fn(&[Sample]) -> bool,
    ) -> Result<Vec<Sample>, Failure> {
        let mut last = Vec::new();
        let seen = until(async || {
            last = self.query(query)?;
            Ok((wanted(&last) || !self.program.is_running()).then(|| wanted(&last)))
        });
        match seen.await? {
            Some(true) => Ok(last),
            _ => Err(format!("{query} is not as wanted: {last:?}").into()),
        }
    }

    /// All values that a label has among the series of a name.
    ///
    /// # Errors
    /// As [`query`](Self::query).
    pub fn label_values(&self, label: &str, series: &str) -> Result<Vec<String>, Failure> {
        self.ask(&format!("label/{label}/values"), &[("match[]", series)])
    }

    fn ask<T: DeserializeOwned>(
        &self,
        what: &str,
        parameters: &[(&str, &str)],
    ) -> Result<T, Failure> {
        let parameters = Serializer::new(String::new()).extend_pairs(parameters).finish();
        let answer = get(self.address, &format!("/api/v1/{what}?{parameters}"))?;
        let (_, body) = answer.split_once("\r\n\r\n").ok_or("Prometheus does not speak HTTP")?;
        match serde_json::from_str(body)? {
            Answer::Success { data } => Ok(data),
            Answer::Error { error } => Err(format!("Prometheus: {error}").into()),
        }
    }
}

#[derive(Deserialize)]
#[serde(tag = "status", rename_all = "lowercase")]
enum Answer<T> {
    Success { data: T },
    Error { error: String },
}

#[derive(Deserialize)]
struct Instant {
    result: Vec<Series>,
}

#[derive(Deserialize)]
struct Series {
    metric: BTreeMap<String, String>,
    /// When, and the number as a text.
    value: (f64, String),
}

/// The whole answer. This version of HTTP has neither chunks nor connections that stay.
fn get(address: SocketAddr, path: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(format!("GET {path} HTTP/1.0\r\n\r\n").as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

fn configuration(instances: &[SocketAddr]) -> String {
    let mut text = String::from(CONFIGURATION);
    for instance in instances {
        let _ = writeln!(text, "          - {instance}");
    }
    text
}

const CONFIGURATION: &str = "\
global:
  scrape_interval: 1s
scrape_configs:
  - job_name: shop
    static_configs:
      - targets:
";
const PATIENCE: Duration = Duration::from_secs(10);
const WANTED: Wanted = Wanted {
    variable: "PROMETHEUS",
    name: "prometheus",
    from: "`apt-get install prometheus` (Debian)",
};
