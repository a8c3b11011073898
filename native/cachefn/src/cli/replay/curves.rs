//! The picture of hit ratios over the size of the cache.

use cachefn_core::Policy;

use super::measured::{Measured, OPTIMUM};
use super::plot::{Axis, Chart, Legend, Line, Look, Panel};

/// As the text of an SVG file.
pub(crate) fn picture(name: &str, measured: &Measured) -> String {
    let shares: Vec<f64> = measured.shares().into_iter().map(rounded).collect();
    let all = || measured.rows.iter().flat_map(|(_, row)| row).copied();
    let least = (all().fold(100.0, f64::min) / 10.0).floor() * 10.0;
    let line = |(name, row): &(String, Vec<f64>)| Line {
        name: name.clone(),
        points: shares.iter().copied().zip(row.iter().copied()).collect(),
        look: look(name),
    };
    let mut lines: Vec<Line> = measured.rows.iter().map(line).collect();
    // The one that matters is drawn over the others.
    lines.sort_by_key(|line| line.look.width < 2.5);
    let panel = Panel {
        title: String::new(),
        x: Axis::shares("cache size, % of the different keys", &shares),
        y: Axis::linear("hit ratio, %", least, all().fold(0.0, f64::max)),
        lines,
    };
    let Measured { requests, unique, .. } = measured;
    let chart = Chart {
        title: "Hit ratio over cache size".into(),
        subtitle: format!("{name}: {requests} requests, {unique} different keys"),
        panels: vec![panel],
        legend: Legend::AtTheEnds,
    };
    chart.draw()
}

/// To two digits: whole entries are no round part of the keys.
fn rounded(share: f64) -> f64 {
    let unit = 10_f64.powf(share.log10().floor() - 1.0);
    if unit > 0.0 { (share / unit).round() * unit } else { share }
}

/// The default policy is thick, the optimum dotted.
fn look(name: &str) -> Look {
    let known = LOOKS.iter().find(|(own, _)| name == *own);
    let colour = known.map_or("#1f2328", |(_, colour)| colour);
    let width = if name == Policy::default().as_str() { 3.2 } else { 1.8 };
    Look { colour, width, dashes: if name == OPTIMUM { "1.5 3.5" } else { "" } }
}

/// The colours that the policies have in all pictures.
const LOOKS: [(&str, &str); 7] = [
    ("adaptive", "#cf222e"),
    ("s3-fifo", "#bc4c00"),
    ("w-tinylfu", "#0969da"),
    ("sieve", "#1a7f37"),
    ("lru", "#8250df"),
    ("lfu", "#bf3989"),
    ("fifo", "#8c959f"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_labelled_by_round_parts_of_the_keys() {
        let shares = [0.0097, 0.298, 9.999, 30.003, 100.0].map(rounded);
        let labels = shares.map(|share| format!("{share:.4}"));
        assert_eq!(labels, ["0.0097", "0.3000", "10.0000", "30.0000", "100.0000"]);
        assert_eq!(rounded(0.0), 0.0);
    }
}
