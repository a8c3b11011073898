//! Lists of the names of tokens: most sets of a cache have the same one.

use std::sync::Arc;

use bytes::Bytes;

/// The names of the tokens that a record is checked against, shared by those that have the same.
pub(crate) type TokenNames = Arc<[Bytes]>;

/// Lists that were used last.
#[derive(Debug, Default)]
pub(crate) struct Lists {
    last: [Option<TokenNames>; KEPT],
    next: usize,
}

impl Lists {
    /// The list of these names.
    pub(crate) fn share(&mut self, names: &[&[u8]]) -> TokenNames {
        let is_it = |list: &&TokenNames| list.iter().eq(names);
        if let Some(list) = self.last.iter().flatten().find(is_it) {
            return Arc::clone(list);
        }
        let list = own(names);
        self.last[self.next % KEPT] = Some(Arc::clone(&list));
        self.next = self.next.wrapping_add(1);
        list
    }
}

/// A list of its own.
pub(crate) fn own(names: &[&[u8]]) -> TokenNames {
    names.iter().map(|name| Bytes::copy_from_slice(name)).collect()
}

/// As many caches as often write in turn.
const KEPT: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_names_have_one_list_and_others_have_others() {
        let mut lists = Lists::default();
        let first = lists.share(&[b"%n:a", b"%t:a:x"]);
        assert!(Arc::ptr_eq(&first, &lists.share(&[b"%n:a", b"%t:a:x"])));
        assert_eq!(lists.share(&[b"%n:a"])[..], [&b"%n:a"[..]]);
        assert!(lists.share(&[]).is_empty());
        for number in 0..100_u8 {
            assert_eq!(lists.share(&[&[number]])[..], [&[number][..]]);
        }
        assert_eq!(lists.share(&[b"%n:a", b"%t:a:x"]), first);
    }
}
