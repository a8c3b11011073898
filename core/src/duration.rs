//! Durations as text: `1h30m`, `250ms`, `7d`; read by the compiler, so that a mistake stops the build.

use core::time::Duration;

/// How long `text` lasts; for attributes, where the compiler evaluates it.
///
/// # Panics
/// When the text is no duration. In a constant that is a compile error with the advice in it.
///
/// ```
/// use cachefn_core::private::duration;
/// use std::time::Duration;
///
/// const LONG: Duration = duration("1h30m");
/// assert_eq!(LONG, Duration::from_secs(5_400));
/// assert_eq!(duration("300"), Duration::from_secs(300)); // a bare number is seconds
/// ```
#[track_caller]
pub const fn duration(text: &str) -> Duration {
    match parse(text) {
        Ok(duration) => duration,
        Err(fault) => panic!("{}", fault.advice()),
    }
}

/// How long `text` lasts; for texts that are read when the program runs.
///
/// # Errors
/// What is wrong with it, and what to write instead.
///
/// ```
/// use cachefn_core::private::read_duration;
/// assert_eq!(read_duration("90s"), Ok(std::time::Duration::from_secs(90)));
/// assert!(read_duration("90 s").unwrap_err().starts_with("the duration has a space"));
/// ```
pub fn read_duration(text: &str) -> Result<Duration, &'static str> {
    parse(text).map_err(DurationFault::advice)
}

/// Why a text is no duration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DurationFault {
    Empty,
    NumberMissing,
    UnitMissing,
    UnitUnknown,
    OutOfOrder,
    Fraction,
    Sign,
    Space,
}

impl DurationFault {
    /// What is wrong, and what to write instead.
    pub(crate) const fn advice(self) -> &'static str {
        match self {
            DurationFault::Empty => "the duration is empty; write one such as \"5m\" or \"1h30m\"",
            DurationFault::NumberMissing => {
                "a unit of the duration has no number before it; write one such as \"5m\" or \"1h30m\""
            }
            DurationFault::UnitMissing => {
                "a number of the duration has no unit after it; add d, h, m, s or ms"
            }
            DurationFault::UnitUnknown => {
                "the duration has an unknown unit; use d, h, m, s or ms, in lower case"
            }
            DurationFault::OutOfOrder => {
                "the units of the duration are out of order; name each once, the longest first: \"1h30m\""
            }
            DurationFault::Fraction => {
                "the duration has a fraction; use a smaller unit: \"1500ms\" for 1.5 seconds"
            }
            DurationFault::Sign => "the duration has a sign; it is never negative, write \"5m\"",
            DurationFault::Space => {
                "the duration has a space; write d, h, m, s or ms right behind each number: \"1h30m\""
            }
        }
    }
}

/// Numbers with units, each unit once and the longest first, or one bare number of seconds. What is
/// longer than a [`Duration`] can be becomes [`Duration::MAX`], which means no deadline.
pub(crate) const fn parse(text: &str) -> Result<Duration, DurationFault> {
    let text = text.as_bytes();
    if text.is_empty() {
        return Err(DurationFault::Empty);
    }
    let (mut at, mut below, mut total) = (0, u64::MAX, 0_u128);
    while at < text.len() {
        let (number, end) = match number(text, at) {
            Ok(found) => found,
            Err(fault) => return Err(fault),
        };
        let (unit, next) = match unit(text, end) {
            Ok(found) => found,
            Err(DurationFault::UnitMissing) if at == 0 => (SECOND, end),
            Err(fault) => return Err(fault),
        };
        if unit >= below {
            return Err(DurationFault::OutOfOrder);
        }
        total = total.saturating_add(number.saturating_mul(unit as u128));
        (at, below) = (next, unit);
    }
    Ok(from_millis(total))
}

/// The digits at `at`, and where they end.
const fn number(text: &[u8], at: usize) -> Result<(u128, usize), DurationFault> {
    let (mut end, mut number) = (at, 0_u128);
    while end < text.len() && text[end].is_ascii_digit() {
        number = number.saturating_mul(10).saturating_add((text[end] - b'0') as u128);
        end += 1;
    }
    if end > at {
        return Ok((number, end));
    }
    Err(stray(text[at], DurationFault::NumberMissing))
}

/// The milliseconds of the unit at `at`, and where it ends.
const fn unit(text: &[u8], at: usize) -> Result<(u64, usize), DurationFault> {
    if at == text.len() {
        return Err(DurationFault::UnitMissing);
    }
    let mut end = at;
    while end < text.len() && text[end].is_ascii_alphabetic() {
        end += 1;
    }
    match (end - at, text[at]) {
        (1, b'd') => Ok((24 * 60 * 60 * SECOND, end)),
        (1, b'h') => Ok((60 * 60 * SECOND, end)),
        (1, b'm') => Ok((60 * SECOND, end)),
        (1, b's') => Ok((SECOND, end)),
        (2, b'm') if text[at + 1] == b's' => Ok((1, end)),
        (0, byte) => Err(stray(byte, DurationFault::UnitUnknown)),
        _ => Err(DurationFault::UnitUnknown),
    }
}

/// What a byte that is neither digit nor letter says about the mistake.
const fn stray(byte: u8, otherwise: DurationFault) -> DurationFault {
    match byte {
        b'.' | b',' => DurationFault::Fraction,
        b'+' | b'-' => DurationFault::Sign,
        _ if byte.is_ascii_whitespace() => DurationFault::Space,
        _ => otherwise,
    }
}

const fn from_millis(millis: u128) -> Duration {
    let seconds = millis / SECOND as u128;
    if seconds > u64::MAX as u128 {
        return Duration::MAX;
    }
    Duration::new(seconds as u64, (millis % SECOND as u128) as u32 * 1_000_000)
}

/// Milliseconds of a second.
const SECOND: u64 = 1_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_advice_names_the_mistake() {
        use DurationFault::*;
        for (text, fault) in [
            ("", Empty),
            ("s", NumberMissing),
            ("µs", NumberMissing),
            ("1h30", UnitMissing),
            ("1w", UnitUnknown),
            ("1H", UnitUnknown),
            ("1hm", UnitUnknown),
            ("1µs", UnitUnknown),
            ("30m1h", OutOfOrder),
            ("1h1h", OutOfOrder),
            ("1.5h", Fraction),
            ("-1s", Sign),
            ("1-2s", Sign),
            (" 1s", Space),
            ("1h 30m", Space),
            ("1s\n", Space),
        ] {
            assert_eq!(parse(text), Err(fault), "{text:?}");
            assert!(!fault.advice().is_empty());
        }
    }

    #[test]
    fn h_17_what_no_clock_counts_is_the_longest_duration() {
        for text in [
            "18446744073709551616s",
            "213503982334602d",
            "340282366920938463463374607431768211456ms",
        ] {
            assert_eq!(parse(text), Ok(Duration::MAX), "{text}");
        }
        assert_eq!(parse("18446744073709551615s"), Ok(Duration::from_secs(u64::MAX)));
        assert_eq!(
            parse("18446744073709551616ms"),
            Ok(Duration::new(18_446_744_073_709_551, 616_000_000))
        );
    }
}
