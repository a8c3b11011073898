//! Axes: which values there are, and where they stand.

/// One axis with its name and the values that are written beside it.
pub(crate) struct Axis {
    pub(crate) label: String,
    pub(crate) ticks: Vec<(f64, String)>,
    scale: Scale,
    least: f64,
    most: f64,
}

#[derive(Clone, Copy, PartialEq)]
enum Scale {
    Linear,
    /// Equal ratios are equally far apart.
    Logarithmic,
}

/// A stretch of the picture; an axis that goes up starts at the larger number.
#[derive(Clone, Copy)]
pub(super) struct Span {
    pub(crate) start: f64,
    pub(crate) end: f64,
}

impl Span {
    pub(super) fn at(self, share: f64) -> f64 {
        self.start + share * (self.end - self.start)
    }
}

impl Axis {
    /// From `least` to the round number at or above `most`, with five to ten values.
    pub(crate) fn linear(label: impl Into<String>, least: f64, most: f64) -> Self {
        let rough = ((most - least) / 8.0).max(1e-9);
        let power = 10_f64.powf(rough.log10().floor());
        let steps = [1.0, 2.0, 5.0, 10.0].map(|step| step * power);
        let step = steps.into_iter().find(|step| *step >= rough).unwrap_or(10.0 * power);
        let count = ((most - least) / step).ceil().max(1.0) as usize;
        let values = (0..=count).map(|at| least + at as f64 * step);
        let ticks: Vec<_> = values.map(|value| (value, number(value))).collect();
        let most = least + count as f64 * step;
        Axis { label: label.into(), ticks, scale: Scale::Linear, least, most }
    }

    /// Powers of ten from the one at or below `least` to the one at or above `most`.
    pub(crate) fn logarithmic(
        label: impl Into<String>,
        least: f64,
        most: f64,
        text: fn(f64) -> String,
    ) -> Self {
        let (low, high) = (least.log10().floor() as i32, most.log10().ceil() as i32);
        let high = high.max(low + 1);
        let ticks = (low..=high).map(|power| 10_f64.powi(power));
        Axis {
            label: label.into(),
            ticks: ticks.map(|value| (value, text(value))).collect(),
            scale: Scale::Logarithmic,
            least: 10_f64.powi(low),
            most: 10_f64.powi(high),
        }
    }

    /// These values themselves, by ratio, as percentages.
    pub(crate) fn shares(label: impl Into<String>, values: &[f64]) -> Self {
        let ticks = values.iter().map(|value| (*value, format!("{} %", number(*value))));
        Axis {
            label: label.into(),
            ticks: ticks.collect(),
            scale: Scale::Logarithmic,
            least: values.iter().copied().fold(f64::INFINITY, f64::min),
            most: values.iter().copied().fold(0.0, f64::max),
        }
    }

    /// Names side by side; the value of a name is its number, from 0.
    pub(crate) fn names(label: impl Into<String>, names: &[&str]) -> Self {
        let ticks = names.iter().enumerate().map(|(at, name)| (at as f64, (*name).to_string()));
        Axis {
            label: label.into(),
            ticks: ticks.collect(),
            scale: Scale::Linear,
            least: 0.0,
            most: (names.len().max(2) - 1) as f64,
        }
    }

    /// Where a value stands between the start (0) and the end (1) of the axis.
    pub(super) fn share(&self, value: f64) -> f64 {
        let share = match self.scale {
            Scale::Linear => (value - self.least) / (self.most - self.least),
            Scale::Logarithmic => {
                let value = value.max(self.least);
                (value / self.least).ln() / (self.most / self.least).ln()
            }
        };
        if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 }
    }
}

/// As short as it can be.
fn number(value: f64) -> String {
    let text = format!("{value:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_linear_axis_ends_at_a_round_number() {
        let axis = Axis::linear("ratio", 10.0, 56.2);
        let labels: Vec<_> = axis.ticks.iter().map(|(_, label)| label.as_str()).collect();
        assert_eq!(labels, ["10", "20", "30", "40", "50", "60"]);
        assert_eq!((axis.share(0.0), axis.share(35.0), axis.share(99.0)), (0.0, 0.5, 1.0));
    }

    #[test]
    fn a_logarithmic_axis_spaces_by_ratio_and_holds_what_is_too_small() {
        let axis = Axis::logarithmic("time", 30.0, 700.0, |value| format!("{value} ns"));
        assert_eq!(axis.ticks.len(), 3);
        assert_eq!(axis.share(100.0), 0.5);
        assert_eq!((axis.share(0.0), axis.share(-5.0)), (0.0, 0.0));
    }

    #[test]
    fn shares_are_written_without_needless_digits() {
        let axis = Axis::shares("size", &[0.1, 30.0]);
        assert_eq!(axis.ticks[0].1, "0.1 %");
        assert_eq!(axis.ticks[1].1, "30 %");
    }
}
