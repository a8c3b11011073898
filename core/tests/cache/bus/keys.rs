//! Keys are told as texts; whoever hears them finds its own again.

use super::*;
use cachefn_core::{CacheKey, KeyText};
use std::fmt::Debug;

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct UserId(u32);

impl KeyText for UserId {
    fn write_text(&self, out: &mut String) {
        out.push_str("user:");
        self.0.write_text(out);
    }
}

/// All keys but the first stay where they are.
fn reaches<K: CacheKey + KeyText + Debug>(keys: impl IntoIterator<Item = K>) {
    let (store, bus) = (Store::new(), LocalBus::new());
    let open = || over::<K, u32>(&store, &clock()).bus(bus.connect()).build().unwrap();
    let (one, other) = (open(), open());
    let keys: Vec<K> = keys.into_iter().collect();
    finish(other.set_many(keys.iter().map(|key| (key.clone(), 1)))).unwrap();
    finish(one.delete(&keys[0])).unwrap();
    assert_eq!(other.len(), keys.len() - 1, "{:?}", keys[0]);
    assert_eq!(finish(other.get(&keys[0])), Ok(None), "{:?}", keys[0]);
    store.calls();
    for key in &keys[1..] {
        assert_eq!(finish(other.get(key)), Ok(Some(1)), "{key:?}");
    }
    assert_eq!(store.calls(), [""; 0]);
    finish(one.delete_many(&keys)).unwrap();
    assert_eq!(other.len(), 0);
}

#[test]
fn s_23_keys_of_every_kind_are_found_by_their_texts() {
    reaches(0..50_u64);
    reaches((-3..50_i8).rev());
    reaches(["a", "", "é\"\\", "7", "null"].map(String::from));
    reaches([(7, "eu"), (7, "us"), (8, "eu")].map(|(id, area)| (id, area.to_string())));
    reaches([Some((1_u8, vec!['a'])), None, Some((1, vec![]))]);
    reaches([true, false]);
    reaches(['a', '"']);
    reaches([Arc::<str>::from("a"), "b".into()]);
    reaches([Box::<str>::from("a"), "b".into()]);
}

#[test]
fn s_23_keys_that_no_text_leads_back_to_are_searched_for() {
    reaches(["a", "b", ""]);
    reaches((0..50).map(UserId));
    reaches([(Arc::<str>::from("a"), 1), ("b".into(), 1)]);
    reaches([(UserId(1), "a"), (UserId(1), "b"), (UserId(2), "a")]);
}
