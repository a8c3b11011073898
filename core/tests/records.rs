//! Records as bytes: the files in `tests/vectors/records`, damage of every kind, and what they cost.

#[path = "records/index.rs"]
mod index;

use std::fs;
use std::path::Path;

use bytes::Bytes;
use cachefn_core::{ErrorKind, Record, RecordTag, Token};
use serde::Serialize;

use index::{Why, read_file, read_index, unhex};

/// A record like those of most caches.
fn usual(key: &str, payload: &[u8]) -> Record {
    Record {
        codec: 1,
        schema: u32::MAX,
        created: 1_700_000_000_000,
        fresh_for: 3_600_000,
        revalidates_for: 300_000,
        bridges_for: 0,
        idle_for: u64::MAX,
        name: format!("users:{key}").into(),
        namespace_token: Token([1; 16]),
        tags: Vec::new(),
        payload: Bytes::copy_from_slice(payload),
    }
}

fn fault(bytes: &Bytes) -> String {
    let error = Record::decode(bytes).expect_err("no record");
    assert_eq!((error.kind(), error.operation()), (ErrorKind::Corrupt, "decode"), "{error}");
    error.to_string()
}

/// A checksum that is right makes the reader look at what is before it.
fn seal(mut bytes: Vec<u8>) -> Bytes {
    let sum = bytes.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| (sum >> 1) ^ (0x82F6_3B78 * (sum & 1)))
    });
    bytes.extend_from_slice(&(!sum).to_le_bytes());
    bytes.into()
}

#[test]
fn s_38_records_are_read_and_written_as_the_vectors_say() {
    let index = read_index();
    assert!(index.cases.len() >= 15);
    for case in &index.cases {
        let (bytes, record) = (read_file(&case.file), case.record());
        if case.compressed && !cfg!(feature = "lz4") {
            assert!(fault(&bytes).contains("takes the feature `lz4`"), "{}", case.file);
            continue;
        }
        assert_eq!(Record::decode(&bytes).as_ref(), Ok(&record), "{}", case.file);
        if !case.compressed {
            assert_eq!(record.encode(None), bytes, "{}", case.file);
        }
        // What this version writes is read again, compressed or not.
        for limit in [None, Some(0), Some(500), Some(usize::MAX)] {
            let again = Record::decode(&record.encode(limit));
            assert_eq!(again.as_ref(), Ok(&record), "{} above {limit:?}", case.file);
        }
    }
}

#[test]
fn s_39_bytes_that_are_no_record_are_an_error_that_says_why() {
    let index = read_index();
    let mut seen = Vec::new();
    for case in &index.errors {
        let text = fault(&read_file(&case.file));
        let words = match case.why {
            why if why.is_compression() && !cfg!(feature = "lz4") => "takes the feature `lz4`",
            why => why.words(),
        };
        assert!(words.split('|').any(|words| text.contains(words)), "{}: {text}", case.file);
        seen.push(case.why);
    }
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 10, "each kind of fault has a file: {seen:?}");
    assert!(seen.contains(&Why::Version) && seen.contains(&Why::Foreign));
}

#[test]
fn s_38_every_file_of_records_is_in_the_index() {
    let index = read_index();
    let cases = index.cases.into_iter().map(|case| case.file);
    let mut files: Vec<String> =
        cases.chain(index.errors.into_iter().map(|case| case.file)).collect();
    files.sort();
    assert_eq!(files, index::list());
}

#[test]
fn h_30_a_record_that_was_cut_off_anywhere_is_an_error() {
    let mut cuts = 0;
    for case in read_index().damaged {
        let bytes = read_file(&case.file);
        for length in 0..bytes.len() {
            let text = fault(&bytes.slice(..length));
            let short = text.contains(Why::Short.words()) || text.contains(Why::Checksum.words());
            assert!(short, "{} cut to {length}: {text}", case.file);
            cuts += 1;
        }
    }
    assert!(cuts > 300, "{cuts} cuts");
}

#[test]
fn h_30_a_record_that_was_cut_off_and_sealed_anew_is_an_error_or_has_a_shorter_payload() {
    for case in read_index().damaged {
        let bytes = read_file(&case.file);
        let Ok(whole) = Record::decode(&bytes) else { continue };
        for length in 5..bytes.len() - 4 {
            if let Ok(record) = Record::decode(&seal(bytes[..length].to_vec())) {
                let payload = record.payload.clone();
                assert!(whole.payload.starts_with(&payload), "{} cut to {length}", case.file);
                assert_eq!(Record { payload: whole.payload.clone(), ..record }, whole);
            }
        }
    }
}

#[test]
fn h_30_a_record_with_any_bit_flipped_is_an_error() {
    let mut flips = 0;
    for case in read_index().damaged {
        let bytes = read_file(&case.file);
        for bit in 0..bytes.len() * 8 {
            let mut flipped = bytes.to_vec();
            flipped[bit / 8] ^= 1 << (bit % 8);
            fault(&flipped.into());
            flips += 1;
        }
    }
    assert!(flips > 2_000, "{flips} flips");
}

#[test]
fn h_30_a_length_that_the_bytes_do_not_justify_allocates_nothing() {
    // Had it been believed, the program would have ended: no machine has so much memory.
    let plain = usual("7", b"value").encode(None);
    let name = plain.iter().position(|byte| *byte == 7).expect("the length of the name");
    for length in [10, 0x7F] {
        let mut bytes = plain[..plain.len() - 4].to_vec();
        bytes.splice(name..=name, [&[0xFF; 8][..], &[length]].concat());
        assert!(fault(&seal(bytes)).contains(Why::Short.words()));
    }
}

#[test]
fn s_38_the_header_is_what_the_crate_postcard_writes() {
    #[derive(Serialize)]
    struct Header<'r> {
        codec: u8,
        schema: u32,
        created: u64,
        fresh_for: Option<u64>,
        revalidates_for: u64,
        bridges_for: u64,
        idle_for: Option<u64>,
        name: &'r [u8],
        namespace_token: [u8; 16],
        tags: Vec<(&'r str, [u8; 16], [u8; 16])>,
    }
    let some = |time: u64| (time != u64::MAX).then_some(time);
    let tag = |tag: &RecordTag| (tag.name.clone(), tag.remove.0, tag.expire.0);
    for case in read_index().cases {
        let record = case.record();
        let tags: Vec<_> = record.tags.iter().map(tag).collect();
        let header = Header {
            codec: record.codec,
            schema: record.schema,
            created: record.created,
            fresh_for: some(record.fresh_for),
            revalidates_for: record.revalidates_for,
            bridges_for: record.bridges_for,
            idle_for: some(record.idle_for),
            name: &record.name,
            namespace_token: record.namespace_token.0,
            tags: tags.iter().map(|(name, remove, expire)| (&**name, *remove, *expire)).collect(),
        };
        let header = postcard::to_allocvec(&header).expect("a header");
        let bytes = record.encode(None);
        let end = bytes.len() - 4 - record.payload.len();
        assert_eq!(bytes[5..end], header, "{}", case.file);
        assert_eq!(seal(bytes[..bytes.len() - 4].to_vec()), bytes, "{}", case.file);
    }
}

#[test]
fn s_38_the_drawing_shows_the_bytes_of_its_example() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/record-format.md");
    let page = fs::read_to_string(page).expect("the page is there");
    let (_, drawing) = page.split_once("```record\n").expect("the page draws a record");
    let (drawing, _) = drawing.split_once("```").expect("the drawing has an end");
    let drawn: String =
        drawing.lines().map(|line| line.split_once('|').map_or(line, |(bytes, _)| bytes)).collect();
    let tags =
        vec![RecordTag { name: "eu".into(), remove: Token([0x22; 16]), expire: Token([0x33; 16]) }];
    let record = Record {
        codec: 2,
        schema: 0,
        created: 1_700_000_000_000,
        fresh_for: 60_000,
        revalidates_for: 5_000,
        bridges_for: 0,
        idle_for: u64::MAX,
        name: "users:7".into(),
        namespace_token: Token([0x11; 16]),
        tags,
        payload: "{\"name\":\"Ada\"}".into(),
    };
    assert_eq!(unhex(&drawn), record.encode(None));
}

#[cfg(all(feature = "postcard", feature = "json", feature = "messagepack"))]
#[test]
fn s_40_the_values_in_the_files_are_read_by_their_codecs_and_an_older_schema_is_told_apart() {
    use cachefn_core::{Codec, Json, MessagePack, Postcard};

    mod older {
        #[derive(serde::Serialize, serde::Deserialize)]
        pub(super) struct User {
            id: u64,
        }
    }
    #[derive(Serialize, serde::Deserialize, Debug, PartialEq)]
    struct User {
        id: u64,
        name: String,
    }

    fn read(file: &str, codec: &impl Codec<User>) -> Record {
        let record = Record::decode(&read_file(file)).expect("a record");
        assert_eq!(record.codec, codec.id(), "{file}");
        let user = User { id: 7, name: "Ada".into() };
        assert_eq!(codec.decode(&record.payload), Ok(user), "{file}");
        record
    }
    let schema = Codec::<User>::schema(&Postcard);
    assert_eq!(read("with_schema.bin", &Postcard).schema, schema);
    assert_eq!(read("json.bin", &Json).schema, 0);
    assert_eq!(read("messagepack.bin", &MessagePack).schema, 0);
    let old = Record::decode(&read_file("older_schema.bin")).expect("a record");
    assert_eq!(old.schema, Codec::<older::User>::schema(&Postcard));
    assert_ne!(old.schema, schema);
}

#[test]
fn h_34_a_record_takes_less_than_50_bytes_beside_name_and_payload() {
    let record = usual(&"k".repeat(32), &[7; 100]);
    let size = record.encode(None).len();
    let overhead = size - record.name.len() - record.payload.len();
    println!(
        "{size} bytes: a key of 32, a payload of 100, the namespace and its colon 6, {overhead} besides"
    );
    assert!(overhead < 50, "{overhead} bytes");
    let tagged = Record {
        tags: vec![RecordTag { name: "eu".into(), remove: Token([2; 16]), expire: Token([3; 16]) }],
        ..record
    };
    assert_eq!(tagged.encode(None).len() - size, 1 + 2 + 32, "a tag costs its name and two tokens");
}

#[test]
fn s_38_a_payload_of_100_mb_is_read_without_a_copy() {
    let record = usual("7", &vec![7; 100 << 20]);
    let bytes = record.encode(None);
    let read = Record::decode(&bytes).expect("a record");
    let inside = bytes.as_ptr_range();
    assert!(inside.contains(&read.payload.as_ptr()) && inside.contains(&read.name.as_ptr()));
    assert_eq!(read, record);
}

#[cfg(feature = "lz4")]
#[test]
fn s_38_a_payload_of_100_mb_is_compressed_and_read_again() {
    let record = usual("7", &b"cachefn ".repeat(100 << 17));
    let bytes = record.encode(Some(1_024));
    assert!(bytes.len() < 1 << 20, "{} bytes", bytes.len());
    assert_eq!(Record::decode(&bytes).as_ref(), Ok(&record));
}

#[cfg(feature = "lz4")]
#[test]
fn s_38_a_payload_that_compression_makes_no_shorter_stays_as_it_is() {
    let mut random = 7_u64;
    let noise = |_| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        random as u8
    };
    let record = usual("7", &(0..10_000).map(noise).collect::<Vec<u8>>());
    assert_eq!(record.encode(Some(0)), record.encode(None));
    for length in 0..64 {
        let short = usual("7", &vec![7; length]);
        assert!(short.encode(Some(0)).len() <= short.encode(None).len(), "{length} bytes");
    }
}

#[test]
fn a_record_shows_no_value_to_those_who_debug() {
    let text = format!("{:?}", usual("7", b"secret"));
    assert!(text.contains("6 bytes") && !text.contains("secret"), "{text}");
}
