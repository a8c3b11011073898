//! Borrowed arguments of a function stand for the tuple of owned ones that is the key.

use alloc::borrow::ToOwned;
use alloc::vec::Vec;
use core::borrow::Borrow;
use core::fmt;
use core::hash::{Hash, Hasher};

use super::lookup::Lookup;

/// A tuple of parts, such as `(&u64, &str)`, that looks up a tuple key, such as `(u64, String)`, so
/// that a hit makes no owned argument. For up to twelve arguments, and for none.
#[derive(Debug)]
pub struct Arguments<T>(pub T);

/// A borrowed form of the part `K` of a key: a reference to it, or a structure of references. Its hash
/// is the hash of the part.
pub trait Part<K>: Hash {
    /// Whether this is the borrowed form of `part`.
    fn is(&self, part: &K) -> bool;
    /// The part itself; called on a miss only.
    fn to_part(&self) -> K;
}

/// The borrowed form of an option: `Option<&str>` for `Option<String>`.
#[derive(Debug, Hash)]
pub struct Maybe<P>(pub Option<P>);

/// The borrowed form of a list whose elements borrow: `&[&str]` for `Vec<String>`.
pub struct List<'a, T, F> {
    elements: &'a [T],
    part: F,
}

impl<'a, T, F> List<'a, T, F> {
    /// `part` gives the borrowed form of one element.
    #[inline]
    pub fn new<P>(elements: &'a [T], part: F) -> Self
    where
        F: Fn(&'a T) -> P,
    {
        List { elements, part }
    }
}

impl<T: fmt::Debug, F> fmt::Debug for List<'_, T, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.elements.fmt(f)
    }
}

impl<Q, K> Part<K> for &Q
where
    Q: Hash + Eq + ToOwned<Owned = K> + ?Sized,
    K: Borrow<Q>,
{
    #[inline]
    fn is(&self, part: &K) -> bool {
        **self == *part.borrow()
    }

    #[inline]
    fn to_part(&self) -> K {
        (*self).to_owned()
    }
}

impl<P: Part<K>, K> Part<Option<K>> for Maybe<P> {
    #[inline]
    fn is(&self, part: &Option<K>) -> bool {
        match (&self.0, part) {
            (Some(own), Some(part)) => own.is(part),
            (None, None) => true,
            _ => false,
        }
    }

    fn to_part(&self) -> Option<K> {
        self.0.as_ref().map(Part::to_part)
    }
}

// A list is hashed as the standard library hashes one: its length, then its elements.
impl<'a, T, P: Hash, F: Fn(&'a T) -> P> Hash for List<'a, T, F> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_usize(self.elements.len());
        self.elements.iter().for_each(|element| (self.part)(element).hash(state));
    }
}

impl<'a, T, P: Part<K>, K, F: Fn(&'a T) -> P> Part<Vec<K>> for List<'a, T, F> {
    fn is(&self, part: &Vec<K>) -> bool {
        let mut pairs = self.elements.iter().zip(part);
        self.elements.len() == part.len()
            && pairs.all(|(element, part)| (self.part)(element).is(part))
    }

    fn to_part(&self) -> Vec<K> {
        self.elements.iter().map(|element| (self.part)(element).to_part()).collect()
    }
}

// The hash of a tuple is the hashes of its fields in order, and that of a part is the hash of what it
// stands for; so the hash of the parts is that of the owned tuple.
impl<T: Hash> Hash for Arguments<T> {
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl Lookup<()> for Arguments<()> {
    #[inline]
    fn matches(&self, (): &()) -> bool {
        true
    }

    #[inline]
    fn to_key(&self) {}
}

macro_rules! lookup_by_arguments {
    ($(($($P:ident $K:ident $at:tt),+))+) => { $(
        impl<$($P: Part<$K>, $K),+> Lookup<($($K,)+)> for Arguments<($($P,)+)> {
            #[inline]
            fn matches(&self, key: &($($K,)+)) -> bool {
                self.is(key)
            }

            #[inline]
            fn to_key(&self) -> ($($K,)+) {
                self.to_part()
            }
        }

        impl<$($P: Part<$K>, $K),+> Part<($($K,)+)> for Arguments<($($P,)+)> {
            #[inline]
            fn is(&self, part: &($($K,)+)) -> bool {
                $(self.0.$at.is(&part.$at))&&+
            }

            #[inline]
            fn to_part(&self) -> ($($K,)+) {
                ($(self.0.$at.to_part(),)+)
            }
        }
    )+ };
}

lookup_by_arguments! {
    (A KA 0)
    (A KA 0, B KB 1)
    (A KA 0, B KB 1, C KC 2)
    (A KA 0, B KB 1, C KC 2, D KD 3)
    (A KA 0, B KB 1, C KC 2, D KD 3, E KE 4)
    (A KA 0, B KB 1, C KC 2, D KD 3, E KE 4, F KF 5)
    (A KA 0, B KB 1, C KC 2, D KD 3, E KE 4, F KF 5, G KG 6)
    (A KA 0, B KB 1, C KC 2, D KD 3, E KE 4, F KF 5, G KG 6, I KI 7)
    (A KA 0, B KB 1, C KC 2, D KD 3, E KE 4, F KF 5, G KG 6, I KI 7, J KJ 8)
    (A KA 0, B KB 1, C KC 2, D KD 3, E KE 4, F KF 5, G KG 6, I KI 7, J KJ 8, L KL 9)
    (A KA 0, B KB 1, C KC 2, D KD 3, E KE 4, F KF 5, G KG 6, I KI 7, J KJ 8, L KL 9, M KM 10)
    (A KA 0, B KB 1, C KC 2, D KD 3, E KE 4, F KF 5, G KG 6, I KI 7, J KJ 8, L KL 9, M KM 10, N KN 11)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::String;
    use core::fmt::Debug;

    /// Keeps every byte and the boundaries between writes, so equal records mean equal hashes in any
    /// hasher.
    #[derive(Default, PartialEq, Debug)]
    struct Record(Vec<Vec<u8>>);

    impl Hasher for Record {
        fn write(&mut self, bytes: &[u8]) {
            self.0.push(bytes.into());
        }
        fn finish(&self) -> u64 {
            0
        }
    }

    fn record(value: &impl Hash) -> Record {
        let mut record = Record::default();
        value.hash(&mut record);
        record
    }

    fn check<K: Hash + Eq + Debug>(arguments: impl Lookup<K>, key: K, other: K) {
        assert_eq!(arguments.to_key(), key);
        assert_eq!(record(&arguments), record(&key));
        assert!(arguments.matches(&key), "{key:?}");
        assert!(!arguments.matches(&other), "{other:?}");
    }

    #[test]
    fn s_21_borrowed_arguments_are_equal_to_the_tuple_they_stand_for_and_hash_alike() {
        let text = || String::from("eu");
        check(Arguments((&7_u64,)), (7,), (8,));
        check(Arguments(("eu",)), (text(),), (String::new(),));
        check(Arguments((&7_u64, "eu")), (7, text()), (7, String::new()));
        check(
            Arguments((&text(), &[1_u8, 2][..])),
            (text(), Vec::from([1, 2])),
            (text(), Vec::new()),
        );
        check(Arguments((&(1_u8, 2_u8), &None::<bool>)), ((1, 2), None), ((1, 2), Some(false)));
        check(
            Arguments((
                &1_u8,
                &2_u16,
                &3_u32,
                "d",
                &5_i8,
                &6_i16,
                &'g',
                &8_i64,
                &true,
                &10_u128,
                "k",
                &(),
            )),
            (1, 2, 3, "d".into(), 5, 6, 'g', 8, true, 10, "k".into(), ()),
            (1, 2, 3, "d".into(), 5, 6, 'g', 8, true, 10, "l".into(), ()),
        );
    }

    #[test]
    fn h_04_texts_do_not_flow_into_each_other() {
        assert_ne!(record(&Arguments(("a", "bc"))), record(&Arguments(("ab", "c"))));
        assert!(!Arguments(("a", "bc")).matches(&("ab".into(), "c".into())));
    }

    #[test]
    fn s_21_what_borrows_inside_is_equal_to_what_it_stands_for_and_hashes_alike() {
        let text = |text: &str| String::from(text);
        check(Arguments((Maybe(Some("eu")),)), (Some(text("eu")),), (None::<String>,));
        check(Arguments((Maybe(None::<&str>),)), (None,), (Some(String::new()),));
        check(
            Arguments((Arguments((&7_u8, "eu")), "x")),
            ((7_u8, text("eu")), text("x")),
            ((7, text("e")), text("ux")),
        );
        let names = ["a", "bc"];
        let list = || List::new(&names, |name| *name);
        let owned = || Vec::from([text("a"), text("bc")]);
        check(Arguments((list(), Maybe(Some(list())))), (owned(), Some(owned())), (owned(), None));
        check(Arguments((list(),)), (owned(),), (Vec::from([text("a")]),));
        check(Arguments((list(),)), (owned(),), (Vec::from([text("ab"), text("c")]),));
        let pairs = [(1_u8, "a"), (2, "b")];
        check(
            Arguments((List::new(&pairs, |pair| Arguments((&pair.0, pair.1))),)),
            (Vec::from([(1_u8, text("a")), (2, text("b"))]),),
            (Vec::new(),),
        );
    }

    #[test]
    fn no_argument_is_the_empty_tuple() {
        Arguments(()).to_key();
        assert!(Arguments(()).matches(&()));
        assert_eq!(record(&Arguments(())), record(&()));
    }
}
