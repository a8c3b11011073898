//! How large a cache is to be.

/// In entries, or as a part of the different keys.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Size {
    Entries(usize),
    Percent(f64),
}

impl Size {
    /// # Errors
    /// When the text is neither a number of entries nor a percentage, or is nothing.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let size = match text.trim().strip_suffix('%') {
            Some(number) => number.trim().parse().ok().map(Size::Percent),
            None => text.trim().parse().ok().map(Size::Entries),
        };
        let ok = |size: &Size| match size {
            Size::Entries(entries) => (1..=MOST).contains(entries),
            Size::Percent(percent) => *percent > 0.0 && *percent <= 100.0,
        };
        size.filter(ok).ok_or_else(|| format!("the size {text:?} is neither like 1000 nor like 1%"))
    }

    /// In entries, at least one.
    pub(crate) fn entries(self, unique: usize) -> usize {
        match self {
            Size::Entries(entries) => entries,
            Size::Percent(percent) => ((unique as f64 * percent / 100.0).round() as usize).max(1),
        }
    }
}

/// Some of every order of magnitude.
pub(crate) const DEFAULT: [Size; 6] = [
    Size::Percent(0.1),
    Size::Percent(0.3),
    Size::Percent(1.0),
    Size::Percent(3.0),
    Size::Percent(10.0),
    Size::Percent(30.0),
];

/// A cache holds no more.
const MOST: usize = 1 << 30;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_entries_or_percentages_above_nothing() {
        assert_eq!(Size::parse("1000"), Ok(Size::Entries(1_000)));
        assert_eq!(Size::parse(" 0.5 %"), Ok(Size::Percent(0.5)));
        for text in ["0", "0%", "-1", "x", "", "nan%", "1.5", "101%", "99999999999999"] {
            assert!(Size::parse(text).is_err(), "{text:?}");
        }
        assert_eq!(Size::Percent(0.1).entries(10), 1);
    }
}
