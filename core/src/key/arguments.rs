//! The arguments of a function as a look-up of the tuple of their owned forms.

use alloc::borrow::ToOwned;
use core::borrow::Borrow;
use core::hash::{Hash, Hasher};

use super::Lookup;

/// References to the arguments of one call. `Arguments((&id, area))` looks up `(u64, String)`.
#[derive(Debug, Clone, Copy)]
pub struct Arguments<T>(pub T);

macro_rules! arguments {
    ($($borrowed:ident $owned:ident $at:tt),*) => {
        impl<$($borrowed: Hash + ?Sized),*> Hash for Arguments<($(&$borrowed,)*)> {
            /// As the owned tuple hashes: a borrowed form hashes as its owned one.
            #[inline]
            fn hash<State: Hasher>(&self, state: &mut State) {
                let _ = &state;
                $(self.0.$at.hash(state);)*
            }
        }

        impl<$($borrowed, $owned),*> Lookup<($($owned,)*)> for Arguments<($(&$borrowed,)*)>
        where
            $($borrowed: ToOwned<Owned = $owned> + Hash + Eq + ?Sized, $owned: Borrow<$borrowed>,)*
        {
            #[inline]
            fn matches(&self, key: &($($owned,)*)) -> bool {
                let _ = key;
                true $(&& self.0.$at == key.$at.borrow())*
            }
            #[allow(clippy::unused_unit, reason = "the tuple of no arguments")]
            fn to_key(&self) -> ($($owned,)*) {
                ($(self.0.$at.to_owned(),)*)
            }
        }
    };
}

arguments!();
arguments!(A KA 0);
arguments!(A KA 0, B KB 1);
arguments!(A KA 0, B KB 1, C KC 2);
arguments!(A KA 0, B KB 1, C KC 2, D KD 3);
arguments!(A KA 0, B KB 1, C KC 2, D KD 3, E KE 4);
arguments!(A KA 0, B KB 1, C KC 2, D KD 3, E KE 4, F KF 5);
arguments!(A KA 0, B KB 1, C KC 2, D KD 3, E KE 4, F KF 5, G KG 6);
arguments!(A KA 0, B KB 1, C KC 2, D KD 3, E KE 4, F KF 5, G KG 6, H KH 7);
arguments!(A KA 0, B KB 1, C KC 2, D KD 3, E KE 4, F KF 5, G KG 6, H KH 7, I KI 8);
arguments!(A KA 0, B KB 1, C KC 2, D KD 3, E KE 4, F KF 5, G KG 6, H KH 7, I KI 8, J KJ 9);
arguments!(A KA 0, B KB 1, C KC 2, D KD 3, E KE 4, F KF 5, G KG 6, H KH 7, I KI 8, J KJ 9, L KL 10);
arguments!(
    A KA 0, B KB 1, C KC 2, D KD 3, E KE 4, F KF 5, G KG 6, H KH 7, I KI 8, J KJ 9, L KL 10, M KM 11
);

#[cfg(all(test, feature = "std"))]
mod tests {
    use super::*;
    use crate::hash::KeyHasher;
    use alloc::string::String;
    use alloc::vec::Vec;

    #[test]
    fn arguments_hash_and_compare_like_the_tuple_of_their_owned_forms() {
        let hasher = KeyHasher::new(Some(1));
        let owned: (u64, String, Vec<u8>) = (7, "eu".into(), [1, 2].into());
        let borrowed = Arguments((&7_u64, "eu", &[1_u8, 2][..]));
        assert_eq!(hasher.hash(&borrowed), hasher.hash(&owned));
        assert!(borrowed.matches(&owned));
        assert_eq!(borrowed.to_key(), owned);
        assert!(!Arguments((&7_u64, "us", &[1_u8, 2][..])).matches(&owned));
        assert_eq!(hasher.hash(&Arguments(())), hasher.hash(&()));
    }

    #[test]
    fn h_04_neighbouring_strings_do_not_run_together() {
        let hasher = KeyHasher::new(Some(1));
        let (one, two) = (Arguments(("a", "bc")), Arguments(("ab", "c")));
        assert_ne!(hasher.hash(&one), hasher.hash(&two));
        assert!(!one.matches(&two.to_key()));
    }
}
