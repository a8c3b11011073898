//! Which cache is drawn how, the same in every picture.

use crate::plot::Look;

/// cachefn's policies are unbroken lines, the default policy thick; libraries are dashed; the
/// optimum is dotted.
pub fn look(name: &str) -> Look {
    let known = LOOKS.iter().find(|(own, ..)| name.starts_with(own));
    let (_, colour, dashes) = known.copied().unwrap_or(("", "#8c959f", "2 3"));
    let default = name.strip_suffix(" unsync").unwrap_or(name) == crate::peers::default_name();
    let width = if default { 3.2 } else { 1.8 };
    Look { colour, width, dashes }
}

/// Beginnings of names, the longer before the shorter, with colour and dashes.
const LOOKS: [(&str, &str, &str); 17] = [
    ("optimum", "#1f2328", "1.5 3.5"),
    ("cachefn adaptive", "#cf222e", ""),
    ("cachefn s3-fifo", "#bc4c00", ""),
    ("cachefn w-tinylfu", "#0969da", ""),
    ("cachefn sieve", "#1a7f37", ""),
    ("cachefn lru", "#8250df", ""),
    ("cachefn lfu", "#bf3989", ""),
    ("cachefn fifo", "#8c959f", ""),
    ("quick_cache", "#0a3069", "6 3"),
    ("moka", "#0aa2a2", "6 3"),
    ("mini-moka", "#79d0d0", "6 3"),
    ("foyer s3-fifo", "#9a6700", "6 3"),
    ("foyer lru", "#d4a72c", "6 3"),
    ("scc", "#1a7f37", "6 3"),
    ("cached", "#a475f9", "6 3"),
    ("lru in a mutex", "#57606a", "6 3"),
    ("one clock read", "#1f2328", "1.5 3.5"),
];
