//! What is not valid any more when something changes under a name.

use cachefn_core::{Invalidation, Mode};

/// Whose entries are meant, and which of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Meaning {
    pub(super) namespace: String,
    pub(super) what: Invalidation,
}

/// What a name in a storage stands for; nothing where it is not an entry's or a token's.
pub(super) fn meaning(name: &[u8]) -> Option<Meaning> {
    let name = std::str::from_utf8(name).ok()?;
    let [mark, rest] = match name.split_at_checked(3) {
        Some((mark, rest)) if is_mark(mark) => [mark, rest],
        _ => ["", name],
    };
    if mark == "%n:" {
        return Some(Meaning { namespace: unescaped(rest), what: Invalidation::Everything });
    }
    let (namespace, text) = rest.split_once(':')?;
    let text = vec![text.to_string()];
    let what = match mark {
        "" => Invalidation::Keys(text),
        "%t:" => Invalidation::Tags(text, Mode::Remove),
        "%x:" => Invalidation::Tags(text, Mode::Expire),
        _ => return None,
    };
    Some(Meaning { namespace: unescaped(namespace), what })
}

/// Whether a name is that of a token, which says more than that something was written.
pub(super) fn is_token(name: &[u8]) -> bool {
    matches!(name, [b'%', b'n' | b't' | b'x', b':', ..])
}

/// A percent, a letter and a colon. A namespace that begins with a percent has two digits after it.
fn is_mark(text: &str) -> bool {
    matches!(text.as_bytes(), [b'%', b'a'..=b'z', b':'])
}

fn unescaped(text: &str) -> String {
    text.replace("%3A", ":").replace("%25", "%")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn means(name: &str, namespace: &str, what: Invalidation) {
        let expected = Meaning { namespace: namespace.into(), what };
        assert_eq!(meaning(name.as_bytes()), Some(expected), "{name}");
    }

    #[test]
    fn s_23_names_of_records_and_of_tokens_mean_keys_tags_and_everything() {
        let one = |text: &str| vec![text.to_string()];
        means("users:7", "users", Invalidation::Keys(one("7")));
        means("shop/users:a:b", "shop/users", Invalidation::Keys(one("a:b")));
        means("users:", "users", Invalidation::Keys(one("")));
        means("a%3Ab%25:k", "a:b%", Invalidation::Keys(one("k")));
        means("%25n:k", "%n", Invalidation::Keys(one("k")));
        means("%253A:k", "%3A", Invalidation::Keys(one("k")));
        means("%t:users:team:red", "users", Invalidation::Tags(one("team:red"), Mode::Remove));
        means("%x:users:t", "users", Invalidation::Tags(one("t"), Mode::Expire));
        means("%n:a%3Ab/c", "a:b/c", Invalidation::Everything);
    }

    #[test]
    fn h_06_names_of_others_mean_nothing() {
        for name in [&b"users"[..], b"", b"%t:users", b"%l:users:7", b"\xFF:7", b"users:\xFF"] {
            assert_eq!(meaning(name), None, "{}", name.escape_ascii());
        }
        assert!(is_token(b"%n:users") && is_token(b"%t:a:b") && is_token(b"%x:a:b"));
        assert!(!is_token(b"%l:a:b") && !is_token(b"users:7") && !is_token(b"%25n:k"));
    }
}
