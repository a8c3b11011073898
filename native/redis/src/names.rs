//! How records and tokens are called in Redis.
//!
//! On one server a name has the prefix and nothing else: `cachefn:users:7`, `cachefn:%t:users:tag`. On a
//! Cluster all that a script reads together must lie in one slot, so names belong to one of 16 groups of
//! their scope, whose number and hash stand between braces: `cachefn:{7a3f}users:7`. Whoever reads or writes
//! these names must agree on all of this, so none of it is an option.

/// How names are made, for one prefix and topology.
#[derive(Debug, Clone)]
pub(crate) struct Names {
    /// With the colon at its end.
    prefix: Vec<u8>,
    has_groups: bool,
}

/// A part of a scope whose names lie in one slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Group(u16);

impl Names {
    pub(crate) fn new(prefix: &str, has_groups: bool) -> Self {
        Names { prefix: [prefix.as_bytes(), b":"].concat(), has_groups }
    }

    /// Where the record of this name lies, or the copy of the token that decides.
    pub(crate) fn group(&self, name: &[u8]) -> Group {
        if !self.has_groups {
            return Group(0);
        }
        Group(scope(name) | (hash(name) & 0xF) << 12)
    }

    /// Where copies of the tokens of this name's scope lie: everywhere where its records can be.
    pub(crate) fn groups(&self, name: &[u8]) -> Vec<Group> {
        if !self.has_groups {
            return vec![Group(0)];
        }
        let scope = scope(name);
        (0..16).map(|number| Group(scope | number << 12)).collect()
    }

    /// Whether records of this group find copies of this token beside them.
    pub(crate) fn is_beside(&self, token: &[u8], group: Group) -> bool {
        !self.has_groups || scope(token) == group.0 & 0x0FFF
    }

    /// What all keys begin with.
    pub(crate) fn prefix(&self) -> &[u8] {
        &self.prefix
    }

    /// What all keys of a group begin with.
    pub(crate) fn before(&self, group: Group) -> Vec<u8> {
        let mut key = self.prefix.clone();
        if self.has_groups {
            key.extend(format!("{{{:04x}}}", group.0).bytes());
        }
        key
    }

    /// The key of a name in a group.
    pub(crate) fn key(&self, name: &[u8], group: Group) -> Vec<u8> {
        if !self.has_groups {
            return [&*self.prefix, name].concat();
        }
        let mut key = self.before(group);
        key.extend(name);
        key
    }

    /// The key of the lease of a name, beside its record.
    pub(crate) fn lease(&self, name: &[u8]) -> Vec<u8> {
        self.key(&[b"%l:", name].concat(), self.group(name))
    }

    /// The key of the mark of those who wait for that lease.
    pub(crate) fn waiting(&self, name: &[u8]) -> Vec<u8> {
        self.key(&[b"%w:", name].concat(), self.group(name))
    }

    /// The name that a key is of, if it is one of ours.
    pub(crate) fn name<'k>(&self, key: &'k [u8]) -> Option<&'k [u8]> {
        let rest = key.strip_prefix(&*self.prefix)?;
        if !self.has_groups {
            return Some(rest);
        }
        let (group, rest) = rest.strip_prefix(b"{")?.split_at_checked(4)?;
        let is_hex = |byte: &u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(byte);
        group.iter().all(is_hex).then_some(())?;
        rest.strip_prefix(b"}")
    }

    /// The pattern of the keys whose names begin with this. Other keys may match, too.
    pub(crate) fn pattern(&self, begin: &[u8]) -> Vec<u8> {
        let mut pattern = escaped(&self.prefix);
        if self.has_groups {
            pattern.extend(b"{????}");
        }
        pattern.extend(escaped(begin));
        pattern.push(b'*');
        pattern
    }
}

/// The token of the namespace that a record's name begins with.
pub(crate) fn namespace_token(name: &[u8]) -> Vec<u8> {
    let end = name.iter().position(|byte| *byte == b':').unwrap_or(name.len());
    [b"%n:", &name[..end]].concat()
}

/// As a part of a pattern that stands for itself.
fn escaped(text: &[u8]) -> Vec<u8> {
    let mut pattern = Vec::with_capacity(text.len());
    for byte in text {
        if b"*?[]^-\\".contains(byte) {
            pattern.push(b'\\');
        }
        pattern.push(*byte);
    }
    pattern
}

/// A number of 12 bits for the scope of a name, not its own alone: of what stands before the first `/` or `:`, after the mark of a token.
pub(crate) fn scope(name: &[u8]) -> u16 {
    let name = match name {
        [b'%', _, b':', rest @ ..] => rest,
        name => name,
    };
    let end = name.iter().position(|byte| matches!(byte, b':' | b'/')).unwrap_or(name.len());
    hash(&name[..end]) & 0x0FFF
}

/// FNV-1a, folded.
fn hash(bytes: &[u8]) -> u16 {
    let hash = bytes
        .iter()
        .fold(0x811C_9DC5u32, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193));
    (hash ^ hash >> 16) as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_server_has_names_with_a_prefix() {
        let names = Names::new("cachefn", false);
        let group = names.group(b"users:7");
        assert_eq!(names.key(b"users:7", group), b"cachefn:users:7");
        assert_eq!(names.name(b"cachefn:users:7"), Some(&b"users:7"[..]));
        assert_eq!(names.name(b"cachefnusers:7"), None);
        assert_eq!(
            (names.groups(b"%n:users").len(), names.is_beside(b"%n:others", group)),
            (1, true)
        );
    }

    #[test]
    fn groups_of_a_cluster_hold_records_beside_copies_of_their_tokens() {
        let names = Names::new("cachefn", true);
        for record in [&b"users:7"[..], b"users/f:7,8", b"users:", b"users"] {
            let group = names.group(record);
            for token in [&b"%n:users"[..], b"%n:users/f", b"%t:users:tag", b"%x:users:tag"] {
                assert!(names.is_beside(token, group));
                assert!(names.groups(token).contains(&group));
                assert!(names.groups(token).contains(&names.group(token)));
            }
            assert!(!names.is_beside(b"%n:others", group));
            let key = names.key(record, group);
            assert_eq!(names.name(&key), Some(record));
            assert!(key.starts_with(b"cachefn:{") && key[13] == b'}');
        }
        let spread: std::collections::BTreeSet<Group> =
            (0..500).map(|number| names.group(format!("users:{number}").as_bytes())).collect();
        assert_eq!(spread.len(), 16);
    }

    #[test]
    fn h_28_keys_of_others_have_no_name_and_patterns_are_escaped() {
        let names = Names::new("a*", true);
        for key in [&b"a*:7"[..], b"a*:{7a3f", b"a*:{7A3F}x", b"a*:{7a3}xx", b"ab:{7a3f}x", b""] {
            assert_eq!(names.name(key), None, "{}", key.escape_ascii());
        }
        assert_eq!(names.pattern(b"u[1]:?"), b"a\\*:{????}u\\[1\\]:\\?*");
    }
}
