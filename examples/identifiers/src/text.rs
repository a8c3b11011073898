//! How numbers and durations are written.

use std::time::Duration;

/// `1234567` as `1,234,567`.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A duration in the unit that suits it.
pub(crate) fn span(duration: Duration) -> String {
    let seconds = duration.as_secs_f64();
    match seconds {
        0.0..1e-3 => format!("{:.1} us", seconds * 1e6),
        1e-3..1.0 => format!("{:.0} ms", seconds * 1e3),
        1.0..100.0 => format!("{seconds:.1} s"),
        _ => format!("{} min {:02} s", duration.as_secs() / 60, duration.as_secs() % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_three_digits() {
        let written = [0, 999, 1_000, 1_234_567].map(grouped);
        assert_eq!(written, ["0", "999", "1,000", "1,234,567"]);
    }

    #[test]
    fn spans_choose_their_unit() {
        let written =
            [1.5e-6, 0.25, 9.96, 185.0].map(|seconds| span(Duration::from_secs_f64(seconds)));
        assert_eq!(written, ["1.5 us", "250 ms", "10.0 s", "3 min 05 s"]);
    }
}
