//! Canonical JSON pieces (RFC 8785): strings, and numbers as ECMAScript writes them.

use alloc::format;
use alloc::string::String;
use core::fmt::Write;

/// A JSON string; only what must be escaped is.
pub(super) fn write_string(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\u{c}' => out.push_str("\\f"),
            '\r' => out.push_str("\\r"),
            c if c < ' ' => {
                // Writing to a String never fails.
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

/// A number as ECMAScript's `Number::toString` writes it (ECMA-262, 6.1.6.1.20), with bare `NaN`,
/// `Infinity` and `-Infinity`, and `-0` as `0`.
pub(super) fn write_number(out: &mut String, number: f64) {
    if number.is_nan() {
        return out.push_str("NaN");
    }
    if number == 0.0 {
        return out.push('0');
    }
    if number < 0.0 {
        out.push('-');
    }
    if number.is_infinite() {
        return out.push_str("Infinity");
    }
    let text = shortest(number.abs());
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    // The position of the decimal point, counted from the first digit.
    let point = exponent.parse::<i32>().unwrap_or(0) + 1;
    write_digits(out, &digits, point);
}

/// In exponent form, the fewest digits that read back as the same number, and of those the nearest.
fn shortest(number: f64) -> String {
    let text = format!("{number:e}");
    let digits = text.bytes().take_while(|byte| *byte != b'e').filter(u8::is_ascii_digit).count();
    // Of two that are equally near, Rust takes the larger here and ECMAScript the even one, as Rust
    // does where the number of digits is given.
    let even = format!("{number:.*e}", digits - 1);
    if even.parse() == Ok(number) { even } else { text }
}

fn write_digits(out: &mut String, digits: &str, point: i32) {
    let count = digits.len() as i32;
    match point {
        1..=21 if count <= point => {
            out.push_str(digits);
            (count..point).for_each(|_| out.push('0'));
        }
        1..=21 => {
            let (whole, fraction) = digits.split_at(point as usize);
            out.push_str(whole);
            out.push('.');
            out.push_str(fraction);
        }
        -5..=0 => {
            out.push_str("0.");
            (point..0).for_each(|_| out.push('0'));
            out.push_str(digits);
        }
        _ => {
            let (first, others) = digits.split_at(1);
            out.push_str(first);
            if !others.is_empty() {
                out.push('.');
                out.push_str(others);
            }
            // Writing to a String never fails.
            let _ = write!(out, "e{:+}", point - 1);
        }
    }
}
