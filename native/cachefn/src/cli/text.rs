//! Numbers, times and foreign texts as people read them.

use std::time::Duration;

use crate::config::{self, without_login};

/// In at most three digits: `999 B`, `1.2 kB`, `12 MB`.
pub(crate) fn bytes(number: u64) -> String {
    let units = ["B", "kB", "MB", "GB", "TB", "PB", "EB"];
    let (mut value, mut at) = (number as f64, 0);
    while value >= 999.5 && at + 1 < units.len() {
        (value, at) = (value / 1000.0, at + 1);
    }
    let digits = usize::from(at > 0 && value < 9.95);
    format!("{value:.digits$} {}", units[at])
}

/// With a comma every three digits.
pub(crate) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A count with what is counted: `1 entry`, `2 entries`.
pub(crate) fn things(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(number), if number == 1 { one } else { many })
}

/// In the two largest units: `3d 4h`, `59s`, `250ms`.
pub(crate) fn time(duration: Duration) -> String {
    let ms = duration.as_millis();
    let units = [(86_400_000, "d"), (3_600_000, "h"), (60_000, "m"), (1_000, "s")];
    let Some(at) = units.iter().position(|(unit, _)| ms >= *unit) else {
        return format!("{ms}ms");
    };
    let (unit, name) = units[at];
    let rest = units.get(at + 1).map(|(smaller, name)| (ms % unit / smaller, name));
    match rest {
        Some((more, smaller)) if more > 0 => format!("{}{name} {more}{smaller}", ms / unit),
        _ => format!("{}{name}", ms / unit),
    }
}

/// Without what a terminal would obey: a key may hold any character.
pub(crate) fn harmless(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        // Signs that turn the direction of writing lie, too.
        let is_turn = matches!(character, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
        if character.is_control() || is_turn {
            shown.extend(character.escape_default());
        } else {
            shown.push(character);
        }
    }
    shown
}

/// Addresses as a title, each without its login, whatever signs are in that.
pub(crate) fn addresses<'u>(urls: impl IntoIterator<Item = &'u str>) -> String {
    urls.into_iter().map(config::shown).collect::<Vec<_>>().join(" ")
}

/// Without the logins in its urls, wherever they stand, and what sockets have behind a `?`.
pub(crate) fn without_logins(text: &str) -> String {
    // A password may hold anything but a space, even an @ or a quote.
    text.split_inclusive(char::is_whitespace).map(word).collect()
}

fn word(text: &str) -> String {
    let (word, space) = text.split_at(text.trim_end().len());
    // A question about an address ends with such a sign.
    let (url, sign) = word.strip_suffix('?').map_or((word, ""), |url| (url, "?"));
    match (url.split_once("://"), url.split_once('?')) {
        (Some((before, url)), _) => format!("{before}://{}{sign}{space}", without_login(url)),
        // A socket may be written with one slash.
        (None, Some((path, _))) if path.contains("unix:/") => format!("{path}?hidden{space}"),
        _ => text.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_right_at_their_borders() {
        let shown = [0, 999, 1_000, 9_949, 9_950, 999_499, 999_500, u64::MAX].map(bytes);
        let expected = ["0 B", "999 B", "1.0 kB", "9.9 kB", "10 kB", "999 kB", "1.0 MB", "18 EB"];
        assert_eq!(shown, expected);
        assert_eq!([0, 999, 1_000, 1_234_567].map(count), ["0", "999", "1,000", "1,234,567"]);
    }

    #[test]
    fn times_have_two_units_at_most() {
        let shown = [0, 250, 1_000, 59_999, 60_000, 90_000, 93_600_000, 90_060_000];
        let shown = shown.map(|ms| time(Duration::from_millis(ms)));
        assert_eq!(shown, ["0ms", "250ms", "1s", "59s", "1m", "1m 30s", "1d 2h", "1d 1h"]);
    }

    #[test]
    fn a_key_cannot_command_the_terminal() {
        assert_eq!(harmless("a\u{1b}[2Jb\n\u{202e}é"), "a\\u{1b}[2Jb\\n\\u{202e}é");
    }

    #[test]
    fn no_text_shows_the_login_of_a_url() {
        let text = "connect 'redis://app:se@cret@host:1/0' and redis://host, rediss://:pw@h";
        let shown = "connect 'redis://hidden@host:1/0' and redis://host, rediss://hidden@h";
        assert_eq!(without_logins(text), shown);
        let text = "connect unix:///run/r.sock?user=u&pass=se@c:ret and redis+unix:///r?pass=p: no";
        let shown = "connect unix:///run/r.sock?hidden and redis+unix:///r?hidden no";
        assert_eq!(without_logins(text), shown);
        assert_eq!(
            without_logins("from redis://:p@host? [y/N]"),
            "from redis://hidden@host? [y/N]"
        );
        assert_eq!(without_logins("redis://u:se?cret@host"), "redis://hidden");
        assert_eq!(without_logins("'unix:/r.sock?pass=p' found"), "'unix:/r.sock?hidden found");
    }

    #[test]
    fn a_title_hides_logins_with_spaces_too() {
        let urls = ["redis://:a b@one:1", "unix:///run/r.sock?pass=a b@c", "unix:/r.sock?pass=p"];
        assert_eq!(addresses(urls), "redis://hidden@one:1 unix:///run/r.sock?hidden hidden");
    }
}
