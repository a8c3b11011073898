//! What belongs to others in the same Redis.

use bytes::Bytes;
use cachefn_core::{Cache, Glob, Keep, Postcard, Storage, Token};

use crate::support::{get, server, set, storage, walk};

/// Something of each type under this key.
fn put_odd(key: &str, number: usize) {
    let server = server();
    server.cli(&["DEL", key]);
    match number % 5 {
        0 => server.cli(&["LPUSH", key, "x"]),
        1 => server.cli(&["HSET", key, "field", "x"]),
        2 => server.cli(&["SADD", key, "x"]),
        3 => server.cli(&["ZADD", key, "1", "x"]),
        _ => server.cli(&["SET", key, "text"]),
    };
}

#[tokio::test]
async fn h_28_clear_purge_and_patterns_leave_the_data_of_others() {
    let server = server();
    let foreign = ["foreign", "foreigner:users:1", "FOREIGN:users:1", "forei:users:1", "users:1"];
    for key in foreign {
        server.cli(&["SET", key, "theirs"]);
    }
    let storage = storage("foreign").await;
    let users = Cache::<String, u32>::builder("users").storage(storage.clone()).codec(Postcard);
    let users = users.build().unwrap();
    let others = Cache::<String, u32>::builder("others").storage(storage).codec(Postcard);
    let others = others.build().unwrap();
    for number in 0..20u32 {
        users.set(format!("{number}"), number).await.unwrap();
        others.set(format!("{number}"), number).await.unwrap();
    }
    users.invalidate_by_pattern(&[Glob::new("1*").unwrap()]).await.unwrap();
    users.purge().await.unwrap();
    users.clear().await.unwrap();
    users.purge().await.unwrap();
    for key in foreign {
        assert_eq!(server.cli(&["GET", key]), "theirs", "{key}");
    }
    assert_eq!(others.get("7").await.unwrap(), Some(7));
    assert_eq!(users.get("7").await.unwrap(), None);
}

#[tokio::test]
async fn h_28_values_of_another_type_are_misses_and_are_overwritten() {
    let storage = storage("odd").await;
    for number in 0..5 {
        let name = format!("users:{number}");
        let key = format!("odd:{name}");
        let keep = Keep::new(None, &[b"%n:users"]);
        storage.set(b"users:plain", Bytes::from_static(b"ours"), keep).await.unwrap();
        storage.get(b"users:plain").await.unwrap(); // others are expected to be like it
        put_odd(&key, number);
        assert_eq!(get(&storage, name.as_bytes()).await.unwrap(), None, "{number}");
        assert!(!storage.delete_if(name.as_bytes(), b"text").await.unwrap());
        assert_eq!(storage.tokens(&[name.as_bytes()]).await.unwrap(), [None]);
        set(&storage, name.as_bytes(), "ours").await.unwrap();
        assert_eq!(get(&storage, name.as_bytes()).await.unwrap().as_deref(), Some("ours"));
        put_odd(&key, number);
        let created = storage.create_tokens(&[(name.as_bytes(), Token([7; 16]))]).await.unwrap();
        assert_eq!(created, [Token([7; 16])]);
        put_odd(&key, number);
        assert!(storage.delete(name.as_bytes()).await.unwrap());
    }
}

#[tokio::test]
async fn h_28_a_token_of_another_type_is_absent_beside_its_record() {
    let storage = storage("oddtoken").await;
    let tokens: [&[u8]; 2] = [b"%n:users", b"%t:users:tag"];
    storage
        .replace_tokens(&[(tokens[0], Token([1; 16])), (tokens[1], Token([2; 16]))])
        .await
        .unwrap();
    let record = Bytes::from_static(b"record");
    storage.set(b"users:7", record, Keep::new(None, &tokens)).await.unwrap();
    put_odd("oddtoken:%t:users:tag", 0);
    let found = storage.get(b"users:7").await.unwrap().unwrap();
    assert_eq!(found.tokens, Some(vec![Some(Token([1; 16])), None]));
}

#[tokio::test]
async fn h_28_a_walk_passes_over_odd_keys_and_reads_glob_characters_as_they_are() {
    let prefix = "w*lk[a]\\?^-";
    let storage = storage(prefix).await;
    let names: Vec<Vec<u8>> =
        [&b"users:1"[..], b"users:*", b"users:[x]", b"users:\xff\0\r\n", b"users:"]
            .map(<[u8]>::to_vec)
            .into();
    for name in &names {
        set(&storage, name, "record").await.unwrap();
    }
    set(&storage, b"user:1", "another").await.unwrap();
    for key in ["wxlkausers:2", "w*lka\\?^-:users:3", "walk:users:4"] {
        server().cli(&["SET", key, "theirs"]);
    }
    put_odd(&format!("{prefix}:users:odd"), 0);
    let mut expected = names.clone();
    expected.push(b"users:odd".to_vec());
    expected.sort();
    assert_eq!(walk(&storage, b"users:").await, expected);
    assert_eq!(walk(&storage, b"users:*").await, [b"users:*".to_vec()]);
    assert_eq!(walk(&storage, b"users:[x]").await, [b"users:[x]".to_vec()]);
    assert_eq!(walk(&storage, b"nobody:").await, Vec::<Vec<u8>>::new());
}

#[tokio::test]
async fn h_06_names_of_64_kib_and_of_any_bytes_are_kept() {
    let storage = storage("names").await;
    let long = [b"users:".to_vec(), vec![b'x'; 65_536]].concat();
    let names: [&[u8]; 6] = [b"", b"\0", b"\xff\xfe", b"a b\r\nc", "käse".as_bytes(), &long];
    for (number, name) in names.iter().enumerate() {
        set(&storage, name, &number.to_string()).await.unwrap();
    }
    for (number, name) in names.iter().enumerate() {
        assert_eq!(get(&storage, name).await.unwrap(), Some(number.to_string()));
    }
}
