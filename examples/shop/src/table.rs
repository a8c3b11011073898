//! What was measured, as a table.

use std::fmt::Write;
use std::time::Duration;

use crate::clients::Measured;

/// One line for each phase. The times are those of all requests, the failed ones included.
pub fn table(phases: &[(&str, Measured)]) -> String {
    let mut text = String::new();
    let head = ["phase", "requests", "failed", "p50 ms", "p99 ms", "longest ms"];
    line(&mut text, &head.map(String::from));
    for (phase, measured) in phases {
        let mut times = measured.times.clone();
        times.sort_unstable();
        line(
            &mut text,
            &[
                (*phase).into(),
                times.len().to_string(),
                measured.failed.to_string(),
                milliseconds(percentile(&times, 0.5)),
                milliseconds(percentile(&times, 0.99)),
                milliseconds(times.last().copied().unwrap_or_default()),
            ],
        );
    }
    text
}

fn line(text: &mut String, cells: &[String; 6]) {
    let [phase, numbers @ ..] = cells;
    let _ = write!(text, "{phase:<16}");
    for number in numbers {
        let _ = write!(text, "{number:>11}");
    }
    text.push('\n');
}

/// The time that this part of all did not exceed.
fn percentile(sorted: &[Duration], part: f64) -> Duration {
    let place = (sorted.len() as f64 * part).ceil() as usize;
    sorted.get(place.saturating_sub(1)).copied().unwrap_or_default()
}

fn milliseconds(time: Duration) -> String {
    format!("{:.2}", time.as_secs_f64() * 1000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_tells_percentiles_by_their_rank() {
        let times = (1..=200).map(Duration::from_millis).collect();
        let measured = Measured { times, failed: 3, first_failure: None };
        let text = table(&[("with Redis", measured)]);
        let words: Vec<&str> = text.lines().last().unwrap().split_whitespace().collect();
        assert_eq!(words, ["with", "Redis", "200", "3", "100.00", "198.00", "200.00"]);
        assert!(text.lines().all(|line| line.chars().count() <= 80));
    }
}
