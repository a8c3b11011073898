//! Line charts as SVG, made to be read at 800 pixels on a light or a dark page.

mod axis;
mod labels;
mod look;
mod svg;

pub(crate) use axis::Axis;
use axis::Span;
use labels::spread;
pub(crate) use look::Look;
use svg::{Anchor, Svg};

/// One picture: panels side by side, with one legend for all of them.
pub(crate) struct Chart {
    pub(crate) title: String,
    pub(crate) subtitle: String,
    pub(crate) panels: Vec<Panel>,
    pub(crate) legend: Legend,
}

pub(crate) struct Panel {
    /// Stands above the panel; nothing when there is one panel only.
    pub(crate) title: String,
    pub(crate) x: Axis,
    pub(crate) y: Axis,
    pub(crate) lines: Vec<Line>,
}

pub(crate) struct Line {
    pub(crate) name: String,
    pub(crate) points: Vec<(f64, f64)>,
    pub(crate) look: Look,
}

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Legend {
    /// Each name beside the end of its line.
    AtTheEnds,
    /// All names below the panels.
    Below,
}

impl Chart {
    /// The picture as the text of an SVG file.
    pub(crate) fn draw(&self) -> String {
        let (right, below) = match self.legend {
            Legend::AtTheEnds => (NAMES_WIDTH, 0.0),
            Legend::Below => (MARGIN, ROW * self.rows() as f64 + 14.0),
        };
        let top = if self.panels.len() > 1 { TOP + 22.0 } else { TOP };
        let tall = if self.panels.len() > 1 { PANEL } else { ALONE };
        let height = top + tall + BOTTOM + below;
        let mut svg = Svg::new(WIDTH, height, &self.title);
        svg.text(MARGIN, 30.0, Anchor::Start, "title", &self.title);
        svg.text(MARGIN, 50.0, Anchor::Start, "note", &self.subtitle);
        let count = self.panels.len() as f64;
        let each = (WIDTH - right - LEFT - (count - 1.0) * BETWEEN) / count;
        for (at, panel) in self.panels.iter().enumerate() {
            let start = LEFT + at as f64 * (each + BETWEEN);
            let x = Span { start, end: start + each };
            let y = Span { start: top + tall, end: top };
            panel.draw(&mut svg, x, y);
            if self.legend == Legend::AtTheEnds {
                panel.name_ends(&mut svg, x, y);
            }
        }
        if self.legend == Legend::Below {
            self.name_below(&mut svg, top + tall + BOTTOM + 8.0);
        }
        svg.finish()
    }

    fn rows(&self) -> usize {
        self.panels.first().map_or(0, |panel| panel.lines.len().div_ceil(COLUMNS))
    }

    /// Column by column, so that the order of the lines is read downwards.
    fn name_below(&self, svg: &mut Svg, top: f64) {
        let Some(panel) = self.panels.first() else { return };
        let wide = (WIDTH - 2.0 * MARGIN) / COLUMNS as f64;
        for (at, line) in panel.lines.iter().enumerate() {
            let (column, row) = (at / self.rows(), at % self.rows());
            let (x, y) = (MARGIN + wide * column as f64, top + ROW * row as f64);
            svg.path(&[(x, y), (x + 26.0, y)], line.look);
            svg.text(x + 34.0, y + 4.0, Anchor::Start, class(line.look), &line.name);
        }
    }
}

impl Panel {
    fn draw(&self, svg: &mut Svg, x: Span, y: Span) {
        for (value, label) in &self.y.ticks {
            let height = y.at(self.y.share(*value));
            svg.rule((x.start, height), (x.end, height), "grid");
            svg.text(x.start - 8.0, height + 4.0, Anchor::End, "tick", label);
        }
        for (value, label) in &self.x.ticks {
            let across = x.at(self.x.share(*value));
            svg.rule((across, y.start), (across, y.start + 5.0), "axis");
            svg.text(across, y.start + 19.0, Anchor::Middle, "tick", label);
        }
        svg.rule((x.start, y.start), (x.end, y.start), "axis");
        let middle = (x.start + x.end) / 2.0;
        svg.text(middle, y.start + 40.0, Anchor::Middle, "label", &self.x.label);
        svg.text(middle, y.end - 14.0, Anchor::Middle, "panel", &self.title);
        svg.upright(x.start - 58.0, (y.start + y.end) / 2.0, "label", &self.y.label);
        // The first line is the one that matters: it is drawn over the others.
        for line in self.lines.iter().rev() {
            let place = |(one, other): &(f64, f64)| self.place(x, y, *one, *other);
            let points: Vec<_> = line.points.iter().map(place).collect();
            svg.path(&points, line.look);
            points.iter().for_each(|point| svg.dot(*point, line.look));
        }
    }

    /// The names right of the panel, as near to the ends of their lines as they fit, with a thin
    /// line from the end to the name.
    fn name_ends(&self, svg: &mut Svg, x: Span, y: Span) {
        let last = |line: &Line| line.points.last().map_or(0.0, |(_, value)| *value);
        let ends: Vec<f64> = self.lines.iter().map(|line| y.at(self.y.share(last(line)))).collect();
        let places = spread(&ends, ROW - 2.0, y.end, y.start);
        for ((line, end), place) in self.lines.iter().zip(&ends).zip(places) {
            svg.leader((x.end + 6.0, *end), (x.end + 24.0, place), line.look);
            svg.path(&[(x.end + 24.0, place), (x.end + 42.0, place)], line.look);
            svg.text(x.end + 48.0, place + 4.0, Anchor::Start, class(line.look), &line.name);
        }
    }

    fn place(&self, x: Span, y: Span, one: f64, other: f64) -> (f64, f64) {
        (x.at(self.x.share(one)), y.at(self.y.share(other)))
    }
}

fn class(look: Look) -> &'static str {
    if look.width > 2.5 { "strong" } else { "name" }
}

const WIDTH: f64 = 800.0;
const MARGIN: f64 = 20.0;
/// Above the panels: title and subtitle.
const TOP: f64 = 74.0;
/// Left of a panel: the numbers and the label of its axis.
const LEFT: f64 = 82.0;
const BETWEEN: f64 = 88.0;
/// How tall a panel is, and how tall when there is no other.
const PANEL: f64 = 330.0;
const ALONE: f64 = 400.0;
/// Below a panel: the numbers and the label of its axis.
const BOTTOM: f64 = 56.0;
const NAMES_WIDTH: f64 = 200.0;
const COLUMNS: usize = 4;
/// From one name to the next.
const ROW: f64 = 19.0;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chart_names_its_lines_and_escapes_them() {
        let look = Look { colour: "#000", width: 2.0, dashes: "" };
        let line = Line { name: "a < b".into(), points: vec![(1.0, 1.0), (10.0, 50.0)], look };
        let panel = Panel {
            title: String::new(),
            x: Axis::shares("size, %", &[1.0, 10.0]),
            y: Axis::linear("ratio, %", 0.0, 100.0),
            lines: vec![line],
        };
        for legend in [Legend::AtTheEnds, Legend::Below] {
            let panels = vec![Panel { lines: Vec::new(), ..panel_like(&panel) }];
            assert!(
                !Chart { title: "t".into(), subtitle: "s".into(), panels, legend }
                    .draw()
                    .contains("a &lt; b")
            );
        }
        let chart = Chart {
            title: "t".into(),
            subtitle: "s".into(),
            panels: vec![panel],
            legend: Legend::AtTheEnds,
        };
        let text = chart.draw();
        assert!(text.starts_with("<svg") && text.ends_with("</svg>\n"), "{text}");
        assert!(text.contains("a &lt; b") && text.contains("ratio, %"), "{text}");
    }

    fn panel_like(panel: &Panel) -> Panel {
        Panel {
            title: panel.title.clone(),
            x: Axis::shares("size, %", &[1.0, 10.0]),
            y: Axis::linear("ratio, %", 0.0, 100.0),
            lines: Vec::new(),
        }
    }
}
