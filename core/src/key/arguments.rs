//! Borrowed arguments of a function stand for the tuple of owned ones that is the key.

use alloc::borrow::ToOwned;
use core::borrow::Borrow;
use core::hash::{Hash, Hasher};

use super::lookup::Lookup;

/// A tuple of references, such as `(&u64, &str)`, that looks up a tuple key, such as `(u64, String)`,
/// so that a hit makes no owned argument. For up to twelve arguments, and for none.
#[derive(Debug, Clone, Copy)]
pub struct Arguments<T>(pub T);

// The hash of a tuple is the hashes of its fields in order, and that of a reference is the hash of
// what it refers to; so the hash of the references is that of the owned tuple.
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
    ($(($($Q:ident $K:ident $at:tt),+))+) => { $(
        impl<$($Q, $K),+> Lookup<($($K,)+)> for Arguments<($(&$Q,)+)>
        where
            $($Q: Hash + Eq + ToOwned<Owned = $K> + ?Sized, $K: Borrow<$Q>,)+
        {
            #[inline]
            fn matches(&self, key: &($($K,)+)) -> bool {
                $(*self.0.$at == *key.$at.borrow())&&+
            }

            #[inline]
            fn to_key(&self) -> ($($K,)+) {
                ($(self.0.$at.to_owned(),)+)
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
    use alloc::vec::Vec;
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
    fn no_argument_is_the_empty_tuple() {
        Arguments(()).to_key();
        assert!(Arguments(()).matches(&()));
        assert_eq!(record(&Arguments(())), record(&()));
    }
}
