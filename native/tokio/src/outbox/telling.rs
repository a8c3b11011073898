//! Messages that follow what waits.

use std::borrow::Cow;

use cachefn_core::Message;

/// A message, and the number of the bus that it goes to.
#[derive(Debug, Clone)]
pub(crate) struct Telling {
    pub(crate) bus: usize,
    pub(crate) message: Message,
}

/// A message without its bus.
#[derive(Debug)]
pub(crate) struct Stranded {
    pub(super) telling: Telling,
    /// Another bus has told it.
    pub(super) is_told: bool,
}

/// The outermost of the namespaces that one is in, to which its tags belong.
pub(super) fn scope(namespace: &str) -> &str {
    namespace.split('/').next().unwrap_or_default()
}

/// The scope of what has this name; none where that cannot be told.
pub(super) fn scope_of(name: &[u8]) -> Option<Cow<'_, str>> {
    let text = std::str::from_utf8(name).ok().filter(|text| !text.starts_with('#'))?;
    let token = ["%n:", "%t:", "%x:"].into_iter().find_map(|kind| text.strip_prefix(kind));
    let namespace = match token {
        Some(rest) => rest.split(':').next()?,
        None => text.split_once(':')?.0,
    };
    let own = scope(namespace);
    Some(if own.contains('%') { unescaped(own).into() } else { own.into() })
}

/// A namespace as it is told, of how it stands in names.
pub(super) fn unescaped(namespace: &str) -> String {
    namespace.replace("%3A", ":").replace("%25", "%")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s_23_the_scope_of_a_name_is_that_of_its_namespace() {
        for name in ["a:1", "a/in:1", "a:b:c/d", "%n:a", "%n:a/in", "%t:a:tag", "%x:a:t:ag"] {
            assert_eq!(scope_of(name.as_bytes()).as_deref(), Some("a"), "{name}");
        }
        assert_eq!(scope_of(b"a%3Ab%253A/in:1").as_deref(), Some("a:b%3A"));
        for name in [&b"no colon"[..], b"#0123", b"\xFF:1"] {
            assert_eq!(scope_of(name), None);
        }
    }
}
