//! How names and records become the texts that web storage keeps. The npm package has the same layout.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Under which texts the names of one storage lie.
#[derive(Debug)]
pub(crate) struct Items {
    prefix: String,
    /// For names that are no text: a cache makes none, but a storage takes them.
    bytes_prefix: String,
}

impl Items {
    pub(crate) fn new(prefix: &str) -> Self {
        Items { prefix: prefix.into(), bytes_prefix: ["bytes:", prefix].concat() }
    }

    /// The key of the item with this name.
    pub(crate) fn key(&self, name: &[u8]) -> String {
        match core::str::from_utf8(name) {
            Ok(name) => [&self.prefix, name].concat(),
            Err(_) => self.bytes_prefix.clone() + &STANDARD.encode(name),
        }
    }

    /// The name of the item with this key, if it is of this storage.
    pub(crate) fn name(&self, key: &str) -> Option<Vec<u8>> {
        if let Some(name) = key.strip_prefix(&self.prefix) {
            return Some(name.into());
        }
        let name = STANDARD.decode(key.strip_prefix(&self.bytes_prefix)?).ok()?;
        core::str::from_utf8(&name).is_err().then_some(name)
    }
}

/// The text of a record.
pub(crate) fn written(record: &[u8]) -> String {
    STANDARD.encode(record)
}

/// The record with this text; of anything else there is none.
pub(crate) fn read(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn h_06_every_name_has_a_key_of_its_own() {
        let items = Items::new("cachefn:");
        let names: [&[u8]; 9] = [
            b"",
            b"users:7",
            b"\0",
            b"__proto__",
            "né🦀".as_bytes(),
            b"\xff",
            b"\xed\xa0\x80",
            b"/w==",
            b"bytes:cachefn:/w==",
        ];
        let keys: std::collections::BTreeSet<String> = names.map(|name| items.key(name)).into();
        assert_eq!(keys.len(), names.len());
        for name in names {
            assert_eq!(items.name(&items.key(name)).as_deref(), Some(name));
        }
    }

    #[test]
    fn s_40_the_layout_is_the_prefix_and_the_name_and_padded_base64() {
        assert_eq!(Items::new("cachefn:").key(b"users:7"), "cachefn:users:7");
        assert_eq!(written(&[0xfb, 0xff]), "+/8=");
        assert_eq!(read("+/8=").as_deref(), Some(&[0xfb, 0xff][..]));
        assert_eq!(written(b""), "");
    }

    #[test]
    fn h_28_keys_of_others_are_not_ours() {
        let items = Items::new("cachefn:");
        for key in ["", "cachefn", "Cachefn:a", "other", "bytes:cachefn:?", "bytes:cachefn:YQ=="] {
            assert_eq!(items.name(key), None, "{key}");
        }
        for text in ["not base64!", "YQ", "YQ==\n"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
