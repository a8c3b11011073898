//! Lengths of time, sizes and addresses as text, in both directions.

use std::time::Duration;

use cachefn_core::private::read_duration;

/// What a text or a number of seconds means.
pub(super) fn read_period(text: &str) -> Result<Duration, String> {
    read_duration(text).map_err(str::to_string)
}

/// What a text or a number of bytes means.
pub(super) fn read_bytes(text: &str) -> Result<u64, String> {
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, unit) = text.split_at(digits);
    let factor = UNITS.iter().find(|(name, _)| *name == unit).map(|(_, factor)| *factor);
    match (number.parse::<u64>(), factor) {
        (Ok(number), Some(factor)) => number
            .checked_mul(factor)
            .ok_or_else(|| "the size is more than this machine can count".into()),
        _ => {
            Err("the size is a whole number with B, KiB, MiB or GiB right behind it: \"64MiB\""
                .into())
        }
    }
}

/// As it would be written.
pub(super) fn period(time: Duration) -> String {
    let mut rest = time.as_millis();
    if rest == 0 {
        return "0s".into();
    }
    let mut text = String::new();
    for (unit, length) in
        [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)]
    {
        if rest / length > 0 {
            text.push_str(&format!("{}{unit}", rest / length));
        }
        rest %= length;
    }
    text
}

/// As it would be written.
pub(super) fn bytes(size: u64) -> String {
    let fits = |(_, factor): &&(&str, u64)| size > 0 && size.is_multiple_of(*factor);
    match UNITS.iter().rev().find(fits) {
        Some((unit, factor)) => format!("{}{}", size / factor, unit),
        None => "0B".into(),
    }
}

/// An address without its login, and without what follows a `?`, where sockets have theirs; nothing of a text that
/// is no address. A password may have every sign in it: of several addresses with logins only the last host is shown.
pub(crate) fn shown(secret: &str) -> String {
    if secret.starts_with("file:") || secret.starts_with("rocksdb:") {
        return secret.into();
    }
    match secret.split_once("://") {
        Some((scheme, rest)) => format!("{scheme}://{}", without_login(rest)),
        None => "hidden".into(),
    }
}

/// The same of what follows the `://`.
pub(crate) fn without_login(rest: &str) -> String {
    match (rest.find('?'), rest.rfind('@')) {
        (None, None) => rest.into(),
        (None, Some(at)) => format!("hidden@{}", &rest[at + 1..]),
        (Some(query), None) => format!("{}?hidden", &rest[..query]),
        (Some(query), Some(at)) if at < query => format!("hidden@{}?hidden", &rest[at + 1..query]),
        // In the password of a socket, whose path is shown; elsewhere nobody knows where one begins.
        (Some(query), _) if rest.starts_with('/') && !rest[..query].contains(':') => {
            format!("{}?hidden", &rest[..query])
        }
        _ => "hidden".into(),
    }
}

const UNITS: [(&str, u64); 5] =
    [("", 1), ("B", 1), ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30)];
