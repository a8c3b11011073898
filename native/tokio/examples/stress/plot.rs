//! A picture of a run: calls a second and the slowest hundredth, and where the storage was given up.

use std::fmt::Write;

use cachefn_tokio::State;

use crate::report::{Report, Sample, shown};

const WIDTH: f64 = 760.0;
const HEIGHT: f64 = 180.0;
const LEFT: f64 = 30.0;

/// An SVG of two curves, one above the other.
pub(crate) fn draw(report: &Report) -> String {
    let end = report.took.as_secs_f64().max(1e-9);
    let mut svg = String::new();
    let _ = writeln!(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 820 490\" \
         font-family=\"sans-serif\" font-size=\"13\">\n<rect width=\"820\" height=\"490\" fill=\"white\"/>"
    );
    let samples = &report.samples;
    let most = samples.iter().map(|sample| sample.rate).fold(1.0, f64::max);
    let title = format!("calls a second, up to {most:.0}");
    curve(&mut svg, 40.0, &title, "#0b6e4f", samples, end, |sample| sample.rate / most);
    let slowest = samples.iter().map(|sample| sample.p99).max().unwrap_or_default();
    let title = format!("99 % of calls took at most, up to {}", shown(slowest));
    let part = |sample: &Sample| sample.p99.as_secs_f64() / slowest.as_secs_f64().max(1e-9);
    curve(&mut svg, 275.0, &title, "#9c2b2e", samples, end, part);
    let _ = writeln!(
        svg,
        "<text x=\"{LEFT}\" y=\"480\">0 to {end:.1} s; grey: the storage is not asked</text>\n</svg>"
    );
    svg
}

fn curve(
    svg: &mut String,
    top: f64,
    title: &str,
    colour: &str,
    samples: &[Sample],
    end: f64,
    part: impl Fn(&Sample) -> f64,
) {
    let x = |seconds: f64| LEFT + seconds / end * WIDTH;
    let mut before = 0.0;
    for sample in samples {
        let at = sample.at.as_secs_f64();
        if sample.state != State::Healthy {
            let (left, width) = (x(before), x(at) - x(before));
            let _ = writeln!(
                svg,
                "<rect x=\"{left:.1}\" y=\"{top}\" width=\"{width:.1}\" height=\"{HEIGHT}\" fill=\"#dddddd\"/>"
            );
        }
        before = at;
    }
    let points: Vec<String> = samples
        .iter()
        .map(|sample| {
            let y = top + HEIGHT * (1.0 - part(sample));
            format!("{:.1},{y:.1}", x(sample.at.as_secs_f64()))
        })
        .collect();
    let _ = writeln!(
        svg,
        "<rect x=\"{LEFT}\" y=\"{top}\" width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"none\" stroke=\"#888888\"/>\n\
         <polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>\n\
         <text x=\"{LEFT}\" y=\"{}\">{title}</text>",
        points.join(" "),
        top - 8.0
    );
}
