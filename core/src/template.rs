//! Fields of key and tag templates: escaped so that different fields never give the same text.

use alloc::string::String;
use core::fmt::{self, Display, Write};

/// Writes one field of a template such as `"user:{id}:{lang}"`.
///
/// `stop` is the character that follows the field in the template. It and `%` are written as `%` and
/// two upper-case hexadecimal digits per byte of UTF-8, so the first `stop` in the text is where the
/// field ends, and no field can pretend to be two. The last field of a template has no `stop` and is
/// written as it is.
///
/// ```
/// use cachefn_core::private::write_field;
///
/// let mut key = String::from("user:");
/// write_field(&mut key, &"7:8", Some(':'));
/// key.push(':');
/// write_field(&mut key, &"en:GB", None);
/// assert_eq!(key, "user:7%3A8:en:GB");
/// ```
///
/// # Panics
/// When the field's `Display` reports an error, as `to_string` does: half a field could be the text of
/// another.
pub fn write_field(out: &mut String, field: &dyn Display, stop: Option<char>) {
    let written = match stop {
        None => write!(out, "{field}"),
        Some(stop) => write!(Escaped { out, stop }, "{field}"),
    };
    written.expect("a Display implementation returned an error although a String takes any text");
}

struct Escaped<'a> {
    out: &'a mut String,
    stop: char,
}

impl Write for Escaped<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let mut plain = text;
        while let Some(at) = plain.find(['%', self.stop]) {
            let (before, rest) = plain.split_at(at);
            let after = rest.chars().next().map_or(0, char::len_utf8);
            self.out.push_str(before);
            for byte in rest.as_bytes()[..after].iter() {
                write!(self.out, "%{byte:02X}")?;
            }
            plain = &rest[after..];
        }
        self.out.push_str(plain);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(field: &dyn Display, stop: Option<char>) -> String {
        let mut out = String::from("<");
        write_field(&mut out, field, stop);
        out
    }

    #[test]
    fn h_04_a_field_cannot_pretend_to_be_two() {
        assert_eq!(field(&"a:b", Some(':')), "<a%3Ab");
        assert_eq!(field(&"a%3Ab", Some(':')), "<a%253Ab");
        assert_eq!(field(&"a:b", Some('/')), "<a:b");
        assert_eq!(field(&"é→é", Some('→')), "<é%E2%86%92é");
        assert_eq!(field(&"%", Some('%')), "<%25");
        assert_eq!(field(&"::", Some(':')), "<%3A%3A");
        assert_eq!(field(&"", Some(':')), "<");
    }

    #[test]
    fn the_last_field_is_written_as_it_is() {
        assert_eq!(field(&"a:b%", None), "<a:b%");
        assert_eq!(field(&7, None), "<7");
    }

    #[test]
    fn a_field_that_is_displayed_in_parts_is_escaped_as_a_whole() {
        struct Parts;
        impl Display for Parts {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                ["a:", ":%"].iter().try_for_each(|part| f.write_str(part))
            }
        }
        assert_eq!(field(&Parts, Some(':')), "<a%3A%3A%25");
    }
}
