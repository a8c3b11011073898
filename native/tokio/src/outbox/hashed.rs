//! Names that are hashes of longer ones, which nobody can tell from another.

/// Whether a name is one, and of this namespace, as far as it shows.
pub(super) fn is_hash_in(name: &[u8], namespace: &str) -> bool {
    let rest = name.strip_prefix(namespace.as_bytes()).and_then(|rest| rest.strip_prefix(b":"));
    rest.is_some_and(is_hash) || name.first() == Some(&b'#')
}

/// The same, in whatever namespace it is. Most names are known by one byte to be none.
pub(super) fn is_hashed(name: &[u8]) -> bool {
    let Some(begin) = name.len().checked_sub(LENGTH) else { return name.first() == Some(&b'#') };
    name[0] == b'#'
        || (name[begin] == b'#'
            && name.iter().position(|byte| *byte == b':').is_some_and(|end| end + 1 == begin))
}

fn is_hash(text: &[u8]) -> bool {
    text.first() == Some(&b'#') && text.len() == LENGTH
}

/// A sign and 32 digits.
const LENGTH: usize = 33;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_known_by_their_sign_and_their_length_behind_the_first_colon() {
        let hash = format!("#{}", "0".repeat(32));
        for name in [format!("n:{hash}"), format!("n/m:{hash}"), hash.clone(), "#short".into()] {
            assert!(is_hashed(name.as_bytes()), "{name}");
        }
        let others = ["", "n", "n:#", "n:a", &format!("n:{hash}0"), &format!("n:a:{hash}")];
        for name in others {
            assert!(!is_hashed(name.as_bytes()), "{name}");
        }
        assert!(is_hash_in(format!("n:{hash}").as_bytes(), "n"));
        assert!(!is_hash_in(format!("n:{hash}").as_bytes(), "m") && is_hash_in(b"#a", "m"));
    }
}
