//! The codecs: what they write is read again as the same value, and bytes from elsewhere do no harm.

#![cfg(any(feature = "postcard", feature = "json", feature = "messagepack"))]

use std::collections::{BTreeMap, HashMap};
use std::fmt::Debug;

#[cfg(feature = "json")]
use cachefn_core::Json;
#[cfg(feature = "messagepack")]
use cachefn_core::MessagePack;
#[cfg(feature = "postcard")]
use cachefn_core::Postcard;
use cachefn_core::{Codec, Error, ErrorKind};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Debug, Clone, PartialEq)]
struct User {
    id: u64,
    balance: i128,
    name: String,
    score: f64,
    ratio: f32,
    area: Option<(char, u8)>,
    roles: Vec<Role>,
    notes: BTreeMap<String, Vec<u8>>,
    boss: Option<Box<User>>,
    nothing: (),
}

#[derive(Serialize, Deserialize, Debug, Clone, PartialEq)]
enum Role {
    Guest,
    Member(u32),
    Owner { of: String, share: Option<i8> },
}

fn user() -> User {
    let boss = User {
        id: u64::MAX,
        balance: i128::from(i64::MIN),
        name: "Zoë ☃ \0 \"\\".into(),
        // One of the numbers that are read as another one when digits are not read with care.
        score: 1.000_000_000_000_000_2e-297,
        ratio: 0.1,
        area: None,
        roles: vec![],
        notes: BTreeMap::new(),
        boss: None,
        nothing: (),
    };
    let owner = Role::Owner { of: "Q".into(), share: Some(-1) };
    let notes = BTreeMap::from([("a".into(), vec![0, 255]), (String::new(), vec![])]);
    let roles = vec![Role::Guest, Role::Member(7), owner];
    User { id: 7, area: Some(('é', 9)), roles, notes, boss: Some(Box::new(boss.clone())), ..boss }
}

/// All that is asked of a codec, for each that there is.
macro_rules! codecs {
    ($($test:ident: |$codec:ident| $body:block)*) => {$(
        mod $test {
            use super::*;

            #[cfg(feature = "postcard")]
            #[test]
            fn postcard() {
                let $codec = Postcard;
                $body
            }
            #[cfg(feature = "json")]
            #[test]
            fn json() {
                let $codec = Json;
                $body
            }
            #[cfg(feature = "messagepack")]
            #[test]
            fn messagepack() {
                let $codec = MessagePack;
                $body
            }
        }
    )*};
}

fn written<V>(codec: &impl Codec<V>, value: &V) -> Vec<u8> {
    let mut bytes = Vec::new();
    codec.encode(value, &mut bytes).expect("it has bytes");
    bytes
}

fn returns<V: PartialEq + Debug>(codec: &impl Codec<V>, value: V) {
    assert_eq!(codec.decode(&written(codec, &value)), Ok(value));
}

fn refused<V: Debug>(codec: &impl Codec<V>, bytes: &[u8]) -> Error {
    let error = codec.decode(bytes).expect_err("no value");
    assert_eq!((error.kind(), error.operation()), (ErrorKind::Codec, "decode"), "{error}");
    error
}

/// Nests itself as deep as the bytes like.
#[derive(Serialize, Deserialize, Debug, PartialEq)]
struct Chain {
    next: Option<Box<Chain>>,
}

/// Nothing but levels: in some formats one more level takes no byte.
#[derive(Serialize, Deserialize, Debug)]
struct Levels(Option<Box<Levels>>);

/// A quarter of what threads have, and programs are not even optimised here.
const STACK: usize = 1 << 19;

fn chain(links: usize) -> Chain {
    (1..links).fold(Chain { next: None }, |chain, _| Chain { next: Some(Box::new(chain)) })
}

/// Takes memory, but no bytes.
#[derive(Serialize, Deserialize, Debug, Default, Clone, PartialEq)]
struct Weightless {
    #[serde(skip)]
    _memory: [u64; 16],
}

codecs! {
    s_40_what_is_written_is_read_as_the_same_value: |codec| {
        returns(&codec, user());
        returns(&codec, (u8::MAX, i64::MIN, f64::MIN_POSITIVE, f32::MAX, -0.0));
        returns(&codec, String::new());
        returns(&codec, Some(7));
        returns(&codec, None::<u8>);
        returns(&codec, vec![Ok(1_u8), Err("no".to_string())]);
        returns(&codec, HashMap::from([("a".to_string(), vec![Some(1), None])]));
        returns(&codec, vec![0_u8; 100_000]);
        returns(&codec, vec![Weightless::default(); 1_000]);
    }
    s_39_bytes_before_what_is_written_are_left_alone: |codec| {
        let mut bytes = b"before".to_vec();
        codec.encode(&7_u8, &mut bytes).expect("a number has bytes");
        assert!(bytes.starts_with(b"before") && bytes.len() == 6 + written(&codec, &7_u8).len());
    }
    s_39_what_is_cut_off_or_goes_on_is_refused: |codec| {
        let bytes = written(&codec, &user());
        for length in 0..bytes.len() {
            refused::<User>(&codec, &bytes[..length]);
        }
        for more in [&[0_u8][..], b"}", b"7", &bytes] {
            refused::<User>(&codec, &[&bytes[..], more].concat());
        }
    }
    s_39_an_error_does_not_tell_the_value: |codec| {
        let bytes = written(&codec, &"secret".to_string());
        let texts = [
            refused::<u8>(&codec, &bytes[1..]),
            refused::<Vec<Role>>(&codec, &bytes),
            refused::<(bool, bool, bool)>(&codec, &bytes),
        ];
        for text in texts.map(|error| format!("{error} {error:?}")) {
            assert!(!text.contains("secret") && !text.contains("ecret"), "{text}");
        }
    }
    h_30_bytes_that_nest_without_end_are_refused_and_overflow_no_stack: |codec| {
        returns(&codec, chain(60));
        let bytes = written(&codec, &chain(200));
        assert!(refused::<Chain>(&codec, &bytes).to_string().contains("deeper than 128 levels"));
        for byte in [b'1', b'[', b'{', 0, 1, 7, 0x81, 0x91, 0xDD] {
            let _ = Codec::<Levels>::decode(&codec, &vec![byte; 1_000_000]);
            let _ = Codec::<Chain>::decode(&codec, &vec![byte; 1_000_000]);
        }
    }
    h_30_the_deepest_value_is_read_on_a_small_stack: |codec| {
        let bytes = written(&codec, &chain(63));
        let read = move || assert_eq!(codec.decode(&bytes), Ok(chain(63)));
        let thread = std::thread::Builder::new().stack_size(STACK).spawn(read);
        thread.expect("a thread").join().expect("it has room enough");
    }
    h_30_lengths_that_the_bytes_do_not_justify_are_refused_at_once: |codec| {
        let lengths: [&[u8]; 5] = [
            &[0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01], // postcard, 64 bits
            &[0xFF, 0xFF, 0xFF, 0xFF, 0x0F],
            &[0xDD, 0xFF, 0xFF, 0xFF, 0xFF], // MessagePack: a list, a map, bytes
            &[0xDF, 0xFF, 0xFF, 0xFF, 0xFF],
            &[0xC6, 0xFF, 0xFF, 0xFF, 0xFF],
        ];
        for bytes in lengths {
            refused::<Vec<u8>>(&codec, bytes);
            refused::<Vec<Vec<Vec<User>>>>(&codec, &bytes.repeat(4));
            refused::<String>(&codec, bytes);
            refused::<HashMap<u64, u64>>(&codec, bytes);
            refused::<Vec<()>>(&codec, bytes);
            refused::<Vec<Weightless>>(&codec, bytes);
            refused::<BTreeMap<(), ()>>(&codec, bytes);
        }
    }
    s_39_drawn_bytes_never_panic: |codec| {
        let seed = 20_26;
        println!("seed {seed}");
        let mut random = seed;
        let mut next = || {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            random
        };
        let good = written(&codec, &user());
        for _ in 0..20_000 {
            let mut bytes = good.clone();
            for _ in 0..=next() % 4 {
                let at = next() as usize % bytes.len();
                bytes[at] = next() as u8;
            }
            bytes.truncate(1 + next() as usize % bytes.len());
            if let Ok(value) = Codec::<User>::decode(&codec, &bytes) {
                returns(&codec, value);
            }
        }
    }
    s_38_codecs_have_the_numbers_of_the_format: |codec| {
        let number = match format!("{codec:?}").as_str() {
            "Postcard" => 1,
            "Json" => 2,
            name => { assert_eq!(name, "MessagePack"); 3 }
        };
        assert_eq!(Codec::<User>::id(&codec), number);
        assert_eq!(Codec::<User>::schema(&codec) == 0, number != 1, "they tell for themselves");
    }
}

#[cfg(any(feature = "json", feature = "messagepack"))]
fn has_no_bytes<V>(codec: &impl Codec<V>, value: &V) {
    let mut bytes = b"before".to_vec();
    let error = codec.encode(value, &mut bytes).expect_err("no bytes");
    assert_eq!((error.kind(), error.operation()), (ErrorKind::Codec, "encode"), "{error}");
    assert_eq!(bytes, b"before");
}

#[cfg(feature = "json")]
#[test]
fn s_40_json_refuses_what_it_cannot_tell_apart() {
    #[derive(Serialize, Deserialize)]
    struct Inside<T>(T);

    has_no_bytes(&Json, &Some(None::<u8>));
    has_no_bytes(&Json, &Some(()));
    has_no_bytes(
        &Json,
        &vec![("a", Some(Inside(Some(Inside(None::<u8>)))))]
            .into_iter()
            .map(|(name, value)| (name.to_string(), value))
            .collect::<HashMap<_, _>>(),
    );
    has_no_bytes(&Json, &f64::NAN);
    has_no_bytes(&Json, &vec![Some(f32::INFINITY)]);
    has_no_bytes(&Json, &HashMap::from([((1, 2), 3)]));
    returns(&Json, Some(vec![None, Some(7)]));
    returns(&Json, vec![(), ()]);
}

#[cfg(feature = "messagepack")]
#[test]
fn s_40_messagepack_refuses_what_it_cannot_tell_apart() {
    has_no_bytes(&MessagePack, &Some(None::<u8>));
    has_no_bytes(&MessagePack, &vec![Some(())]);
    returns(&MessagePack, vec![f64::INFINITY, f64::NEG_INFINITY]);
    returns(&MessagePack, Some(vec![None, Some(7)]));
    returns(&MessagePack, HashMap::from([((1, 2), 3)]));
}

/// The type of a later program: one field came, one went, and their order is another.
#[cfg(any(feature = "json", feature = "messagepack"))]
#[derive(Serialize, Deserialize, Debug, PartialEq)]
struct Later {
    #[serde(default)]
    came: Vec<u8>,
    name: String,
    id: u64,
}

#[cfg(feature = "json")]
#[test]
fn h_31_json_names_fields_so_a_type_may_gain_and_lose_them() {
    let bytes = written(&Json, &user());
    let later = Later { came: vec![], name: user().name, id: 7 };
    assert_eq!(Codec::<Later>::decode(&Json, &bytes), Ok(later));
    refused::<User>(&Json, &written(&Json, &Later { came: vec![], name: "a".into(), id: 1 }));
}

#[cfg(feature = "messagepack")]
#[test]
fn h_31_messagepack_names_fields_so_a_type_may_gain_and_lose_them() {
    let bytes = written(&MessagePack, &user());
    let later = Later { came: vec![], name: user().name, id: 7 };
    assert_eq!(Codec::<Later>::decode(&MessagePack, &bytes), Ok(later));
    let later = Later { came: vec![], name: "a".into(), id: 1 };
    refused::<User>(&MessagePack, &written(&MessagePack, &later));
}

#[cfg(feature = "postcard")]
#[test]
fn h_34_bytes_take_a_byte_each_in_postcard() {
    assert_eq!(written(&Postcard, &vec![200_u8; 1_000]).len(), 1_002);
}

#[cfg(feature = "postcard")]
#[test]
fn h_02_a_text_is_never_read_as_a_number() {
    // The bytes alone could be: it is the schema that tells them apart.
    let bytes = written(&Postcard, &"\u{1}".to_string());
    assert_eq!(Codec::<(u8, u8)>::decode(&Postcard, &bytes), Ok((1, 1)));
    let schemas = (Codec::<(u8, u8)>::schema(&Postcard), Codec::<String>::schema(&Postcard));
    assert_ne!(schemas.0, schemas.1);
}
