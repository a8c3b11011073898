//! Which names begin with a prefix, as a range of sorted bytes.

/// The least name above all that begin with `prefix`; none if there is no such name.
pub(crate) fn end(prefix: &[u8]) -> Option<Vec<u8>> {
    let last = prefix.iter().rposition(|&byte| byte < u8::MAX)?;
    let mut end = prefix[..=last].to_vec();
    end[last] += 1;
    Some(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s_32_all_names_with_a_prefix_lie_below_its_end_and_no_others() {
        let prefixes: [&[u8]; 6] = [b"a", b"a:", b"a\xff", b"a\xff\xff", b"\0", b"\xfe"];
        for prefix in prefixes {
            let end = end(prefix).unwrap();
            for tail in [&b""[..], b"\0", b"x", b"\xff", b"\xff\xff\xff"] {
                assert!([prefix, tail].concat() < end, "{prefix:?} {tail:?}");
            }
            assert!(!end.starts_with(prefix) && prefix < &end[..], "{prefix:?}");
        }
    }

    #[test]
    fn s_32_a_prefix_of_nothing_or_of_largest_bytes_has_no_end() {
        assert_eq!(end(b""), None);
        assert_eq!(end(b"\xff\xff"), None);
    }
}
