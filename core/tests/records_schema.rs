//! The fingerprint of a type's shape: it changes when the type does, and only then.

#![cfg(feature = "postcard")]
#![allow(dead_code, reason = "the types are only looked at")]

use std::collections::{BTreeMap, HashMap, HashSet};
use std::net::{IpAddr, SocketAddr};
use std::num::{NonZeroU8, NonZeroU32};
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use cachefn_core::{Codec, Postcard};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, de};

fn schema<V: Serialize + DeserializeOwned>() -> u32 {
    let schema = Codec::<V>::schema(&Postcard);
    assert_eq!(schema, Codec::<V>::schema(&Postcard), "it is the same every time");
    assert_ne!(schema, 0);
    schema
}

/// Types as they stand in different versions of a program, all under the same name.
macro_rules! versions {
    ($($version:ident { $($item:item)* })*) => {{
        $(mod $version {
            use super::*;
            $(#[derive(Serialize, Deserialize)] $item)*
        })*
        vec![$((stringify!($version), schema::<$version::User>())),*]
    }};
}

/// All differ from each other.
fn differ(schemas: &[(&str, u32)]) {
    for (at, (name, schema)) in schemas.iter().enumerate() {
        for (other, its) in &schemas[..at] {
            assert_ne!(schema, its, "{name} and {other}");
        }
    }
}

#[test]
fn h_31_a_struct_has_another_schema_when_a_field_comes_goes_moves_or_changes_name_or_type() {
    differ(&versions! {
        first { pub(super) struct User { id: u64, name: String } }
        gained { pub(super) struct User { id: u64, name: String, age: u8 } }
        lost { pub(super) struct User { id: u64 } }
        reordered { pub(super) struct User { name: String, id: u64 } }
        renamed { pub(super) struct User { id: u64, nick: String } }
        narrower { pub(super) struct User { id: u32, name: String } }
        signed { pub(super) struct User { id: i64, name: String } }
        optional { pub(super) struct User { id: u64, name: Option<String> } }
        many { pub(super) struct User { id: u64, name: Vec<String> } }
        character { pub(super) struct User { id: u64, name: char } }
        tuple { pub(super) struct User(u64, String); }
        empty { pub(super) struct User {} }
        unit { pub(super) struct User; }
    });
}

#[test]
fn h_31_a_change_deep_inside_changes_the_schema() {
    differ(&versions! {
        first {
            pub(super) struct User { roles: HashMap<String, Vec<Option<Role>>>, last: u8 }
            pub(super) struct Role { area: Area }
            pub(super) struct Area { id: (u8, u16) }
        }
        deeper {
            pub(super) struct User { roles: HashMap<String, Vec<Option<Role>>>, last: u8 }
            pub(super) struct Role { area: Area }
            pub(super) struct Area { id: (u8, u32) }
        }
        key {
            pub(super) struct User { roles: HashMap<char, Vec<Option<Role>>>, last: u8 }
            pub(super) struct Role { area: Area }
            pub(super) struct Area { id: (u8, u16) }
        }
        behind {
            pub(super) struct User { roles: HashMap<String, Vec<Option<Role>>>, last: u16 }
            pub(super) struct Role { area: Area }
            pub(super) struct Area { id: (u8, u16) }
        }
        length {
            pub(super) struct User { roles: HashMap<String, Vec<Option<Role>>>, last: u8 }
            pub(super) struct Role { area: Area }
            pub(super) struct Area { id: (u8, u16, ()) }
        }
    });
}

#[test]
fn h_31_every_variant_of_every_enum_is_looked_at() {
    differ(&versions! {
        first {
            pub(super) enum User { None, One(u8), Two(u8, Kind), Named { kind: Kind, id: u8 } }
            pub(super) enum Kind { A, B(u16), C { deep: Deep } }
            pub(super) enum Deep { X, Y(String) }
        }
        last_field {
            pub(super) enum User { None, One(u8), Two(u8, Kind), Named { kind: Kind, id: u16 } }
            pub(super) enum Kind { A, B(u16), C { deep: Deep } }
            pub(super) enum Deep { X, Y(String) }
        }
        payload {
            pub(super) enum User { None, One(u8), Two(u8, Kind), Named { kind: Kind, id: u8 } }
            pub(super) enum Kind { A, B(u32), C { deep: Deep } }
            pub(super) enum Deep { X, Y(String) }
        }
        deepest {
            pub(super) enum User { None, One(u8), Two(u8, Kind), Named { kind: Kind, id: u8 } }
            pub(super) enum Kind { A, B(u16), C { deep: Deep } }
            pub(super) enum Deep { X, Y(char) }
        }
        reordered {
            pub(super) enum User { One(u8), None, Two(u8, Kind), Named { kind: Kind, id: u8 } }
            pub(super) enum Kind { A, B(u16), C { deep: Deep } }
            pub(super) enum Deep { X, Y(String) }
        }
        gained {
            pub(super) enum User { None, One(u8), Two(u8, Kind), Named { kind: Kind, id: u8 } }
            pub(super) enum Kind { A, B(u16), C { deep: Deep } }
            pub(super) enum Deep { X, Y(String), Z }
        }
    });
}

#[test]
fn h_31_types_that_contain_themselves_are_looked_at_once_and_to_their_end() {
    differ(&versions! {
        first {
            pub(super) struct User { boss: Option<Box<User>>, team: Vec<User>, rule: Rule }
            pub(super) enum Rule { Not(Box<Rule>), All(Vec<Rule>), Of(Box<User>), Id(u8), Any }
        }
        inside {
            pub(super) struct User { boss: Option<Box<User>>, team: Vec<User>, rule: Rule }
            pub(super) enum Rule { Not(Box<Rule>), All(Vec<Rule>), Of(Box<User>), Id(u16), Any }
        }
        other_recursion {
            pub(super) struct User { boss: Option<Box<User>>, team: Vec<User>, rule: Rule }
            pub(super) enum Rule { Not(Box<Rule>), All(Vec<User>), Of(Box<User>), Id(u8), Any }
        }
        behind {
            pub(super) struct User { boss: Option<Box<User>>, team: Vec<User>, rule: Rule, id: u8 }
            pub(super) enum Rule { Not(Box<Rule>), All(Vec<Rule>), Of(Box<User>), Id(u8), Any }
        }
    });
}

#[test]
fn h_31_one_of_several_places_of_the_same_type_may_change() {
    differ(&versions! {
        first {
            pub(super) struct User { a: Option<X>, b: Option<Y>, c: Option<X>, d: Wrap<Wrap<Option<u8>>> }
            pub(super) struct X { n: u8 }
            pub(super) struct Y { n: u16 }
            pub(super) struct Wrap<T> { inner: T }
        }
        third {
            pub(super) struct User { a: Option<X>, b: Option<Y>, c: Option<Y>, d: Wrap<Wrap<Option<u8>>> }
            pub(super) struct X { n: u8 }
            pub(super) struct Y { n: u16 }
            pub(super) struct Wrap<T> { inner: T }
        }
        wrapped {
            pub(super) struct User { a: Option<X>, b: Option<Y>, c: Option<X>, d: Wrap<Wrap<Option<u16>>> }
            pub(super) struct X { n: u8 }
            pub(super) struct Y { n: u16 }
            pub(super) struct Wrap<T> { inner: T }
        }
    });
}

/// Accepts nothing that is made up.
#[derive(Serialize)]
struct Secret(String);

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        match text.starts_with("ssh-ed25519 ") {
            true => Ok(Secret(text)),
            false => Err(de::Error::custom("no key")),
        }
    }
}

#[test]
fn h_31_types_that_refuse_samples_are_offered_others() {
    differ(&versions! {
        first { pub(super) struct User { a: NonZeroU8, b: IpAddr, c: Duration, d: SystemTime, last: u8 } }
        behind { pub(super) struct User { a: NonZeroU8, b: IpAddr, c: Duration, d: SystemTime, last: u16 } }
        among { pub(super) struct User { a: NonZeroU32, b: IpAddr, c: Duration, d: SystemTime, last: u8 } }
        paths { pub(super) struct User { a: PathBuf, b: SocketAddr, last: u8 } }
        behind_paths { pub(super) struct User { a: PathBuf, b: SocketAddr, last: u16 } }
    });
}

#[test]
fn h_31_behind_a_type_that_refuses_every_sample_names_still_count_and_the_size_does() {
    differ(&versions! {
        first { pub(super) struct User { a: u8, key: Secret, last: u8 } }
        gained { pub(super) struct User { a: u8, key: Secret, last: u8, more: u8 } }
        before { pub(super) struct User { a: i8, key: Secret, last: u8 } }
        larger { pub(super) struct User { a: u8, key: Secret, last: u64 } }
    });
}

#[test]
fn h_31_variants_that_refuse_every_sample_hide_no_other() {
    differ(&versions! {
        first { pub(super) enum User { A, Key(Secret), B(u8) } }
        behind { pub(super) enum User { A, Key(Secret), B(i8) } }
    });
}

#[test]
fn s_38_a_schema_is_a_number_that_programs_agree_on() {
    #[derive(Serialize, Deserialize)]
    struct User {
        id: u64,
        tags: Vec<String>,
        kind: Kind,
        next: Option<Box<User>>,
    }
    #[derive(Serialize, Deserialize)]
    enum Kind {
        Plain,
        Paid { until: i64, by: (u8, char) },
    }
    // Not a matter of taste: another number makes all that was ever written a miss.
    let schemas = [schema::<u64>(), schema::<String>(), schema::<User>()];
    assert_eq!(schemas, [942_335_812, 1_643_437_909, 2_835_877_656]);
}

#[test]
fn s_38_types_that_are_written_alike_have_the_same_schema() {
    assert_eq!(schema::<Vec<u8>>(), schema::<HashSet<u8>>());
    assert_eq!(schema::<HashMap<u8, String>>(), schema::<BTreeMap<u8, Box<str>>>());
    assert_eq!(schema::<usize>(), schema::<u64>());
    assert_eq!(schema::<Box<(u8, Option<u8>)>>(), schema::<(u8, Option<u8>)>());
}

#[test]
fn a_type_that_is_too_large_to_look_at_is_still_done_soon() {
    #[derive(Serialize, Deserialize)]
    struct Wide<T>([Box<T>; 10]);
    type Million = Wide<Wide<Wide<Wide<Wide<Wide<u8>>>>>>;
    schema::<Million>();
    // Any type can be asked for its schema, also one that cannot be read from this format.
    schema::<serde_json::Value>();
}
