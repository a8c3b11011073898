//! The tokens of a record are exchanged within its bytes, and nothing else is.

use bytes::Bytes;
use cachefn_conformance::Random;
use cachefn_core::{ErrorKind, Record, RecordTag, Token};

fn drawn(random: &mut Random) -> Record {
    let mut number = |most: u64| match random.below(4) {
        0 => 0,
        1 => random.below(128),
        2 => random.below(most),
        _ => most,
    };
    let text = |length: u64| "x".repeat(length as usize);
    Record {
        codec: number(255) as u8,
        schema: number(u64::from(u32::MAX)) as u32,
        created: number(u64::MAX),
        fresh_for: number(u64::MAX),
        revalidates_for: number(u64::MAX),
        bridges_for: number(u64::MAX),
        idle_for: number(u64::MAX),
        name: text(number(300)).into(),
        namespace_token: Token([number(255) as u8; 16]),
        tags: (0..number(3))
            .map(|tag| RecordTag {
                name: text(tag * number(200)).into(),
                remove: Token([number(255) as u8; 16]),
                expire: Token([number(255) as u8; 16]),
            })
            .collect(),
        payload: text(number(5_000)).into(),
    }
}

fn tokens(record: &Record) -> Vec<Token> {
    let tags = record.tags.iter().flat_map(|tag| [tag.remove, tag.expire]);
    std::iter::once(record.namespace_token).chain(tags).collect()
}

#[test]
fn s_28_a_record_beside_other_tokens_is_the_same_in_everything_else() {
    for seed in 0..500 {
        let mut random = Random(seed);
        let record = drawn(&mut random);
        for compress_above in [None, Some(100)] {
            let bytes = record.encode(compress_above);
            assert_eq!(Record::tokens_in(&bytes), Ok(tokens(&record)), "seed {seed}");
            let mut other = record.clone();
            other.namespace_token = Token([random.below(256) as u8; 16]);
            for tag in &mut other.tags {
                tag.remove = Token([random.below(256) as u8; 16]);
                tag.expire = Token([random.below(256) as u8; 16]);
            }
            let changed = Record::with_tokens(&bytes, &tokens(&other)).unwrap();
            assert_eq!(changed, other.encode(compress_above), "seed {seed}");
            assert_eq!(Record::with_tokens(&changed, &tokens(&record)), Ok(bytes), "seed {seed}");
        }
    }
}

#[test]
fn s_28_another_number_of_tokens_than_the_record_has_is_an_error() {
    let record = Record { tags: Vec::new(), ..drawn(&mut Random(7)) };
    for count in [0, 2, 3] {
        let given = vec![Token([1; 16]); count];
        let error = Record::with_tokens(&record.encode(None), &given).unwrap_err();
        let text = format!("decode: the record has 1 tokens, not {count}");
        assert_eq!((error.kind(), error.to_string()), (ErrorKind::Corrupt, text));
    }
}

#[test]
fn s_39_damage_is_not_made_to_look_sound() {
    let bytes = drawn(&mut Random(3)).encode(None);
    let count = Record::tokens_in(&bytes).unwrap().len();
    for at in 0..bytes.len() {
        let mut damaged = bytes.to_vec();
        damaged[at] ^= 4;
        let damaged = Bytes::from(damaged);
        let changed = Record::with_tokens(&damaged, &vec![Token([1; 16]); count]);
        assert!(changed.is_err() && Record::tokens_in(&damaged).is_err(), "byte {at}");
        let cut = Record::with_tokens(&bytes.slice(..at), &vec![Token([1; 16]); count]);
        assert!(cut.is_err(), "cut at {at}");
    }
}
