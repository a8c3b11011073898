//! The elements of an SVG file, as few as the charts need.

use std::fmt::Write;

use super::look::Look;

pub(super) struct Svg {
    text: String,
}

#[derive(Clone, Copy)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

impl Svg {
    /// A card with a background of its own, which reads alike on light and dark pages.
    pub(super) fn new(width: f64, height: f64, title: &str) -> Self {
        let title = escaped(title);
        let text = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
             width=\"{width}\" height=\"{height}\" role=\"img\" aria-label=\"{title}\">\n\
             <title>{title}</title>\n<style>{STYLE}</style>\n\
             <rect x=\"0.5\" y=\"0.5\" width=\"{}\" height=\"{}\" rx=\"8\" class=\"card\"/>\n",
            width - 1.0,
            height - 1.0
        );
        Svg { text }
    }

    pub(super) fn text(&mut self, x: f64, y: f64, anchor: Anchor, class: &str, text: &str) {
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        let text = escaped(text);
        self.push(format!(
            "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\" class=\"{class}\">{text}</text>"
        ));
    }

    /// Text that is read from below, centred on the point.
    pub(super) fn upright(&mut self, x: f64, y: f64, class: &str, text: &str) {
        let text = escaped(text);
        self.push(format!(
            "<text transform=\"translate({x:.1} {y:.1}) rotate(-90)\" text-anchor=\"middle\" \
             class=\"{class}\">{text}</text>"
        ));
    }

    pub(super) fn rule(&mut self, from: (f64, f64), to: (f64, f64), class: &str) {
        let ((a, b), (c, d)) = (from, to);
        self.push(format!(
            "<line x1=\"{a:.1}\" y1=\"{b:.1}\" x2=\"{c:.1}\" y2=\"{d:.1}\" class=\"{class}\"/>"
        ));
    }

    /// The thin line from the end of a line to its name.
    pub(super) fn leader(&mut self, from: (f64, f64), to: (f64, f64), look: Look) {
        let ((a, b), (c, d), colour) = (from, to, look.colour);
        self.push(format!(
            "<line x1=\"{a:.1}\" y1=\"{b:.1}\" x2=\"{c:.1}\" y2=\"{d:.1}\" stroke=\"{colour}\" \
             stroke-opacity=\"0.5\"/>"
        ));
    }

    pub(super) fn path(&mut self, points: &[(f64, f64)], look: Look) {
        let Look { colour, width, dashes } = look;
        let mut along = String::new();
        for (at, (x, y)) in points.iter().enumerate() {
            let _ = write!(along, "{}{x:.1} {y:.1}", if at == 0 { "M" } else { "L" });
        }
        let dashes = match dashes {
            "" => String::new(),
            dashes => format!(" stroke-dasharray=\"{dashes}\""),
        };
        self.push(format!(
            "<path d=\"{along}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"{width}\" \
             stroke-linejoin=\"round\"{dashes}/>"
        ));
    }

    pub(super) fn dot(&mut self, (x, y): (f64, f64), look: Look) {
        let (colour, radius) = (look.colour, look.width * 0.6 + 1.0);
        self.push(format!(
            "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{radius:.1}\" fill=\"{colour}\"/>"
        ));
    }

    pub(super) fn finish(mut self) -> String {
        self.push("</svg>".into());
        self.text
    }

    fn push(&mut self, element: String) {
        self.text.push_str(&element);
        self.text.push('\n');
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

const STYLE: &str = "\
text{font-family:-apple-system,'Segoe UI','Noto Sans',Helvetica,Arial,sans-serif;fill:#1f2328}\
.card{fill:#ffffff;stroke:#d0d7de}\
.title{font-size:17px;font-weight:600}.note{font-size:12.5px;fill:#59636e}\
.panel{font-size:14px;font-weight:600}.label{font-size:13px;fill:#424a53}\
.tick{font-size:12px;fill:#59636e}.name{font-size:12.5px}.strong{font-size:12.5px;font-weight:700}\
.grid{stroke:#e6eaef}.axis{stroke:#59636e}";
