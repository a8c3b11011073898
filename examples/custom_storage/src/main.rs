//! Shows what a cache asks of a storage, and what of it is in the file afterwards.

use std::time::{Duration, Instant};

use bytes::Bytes;
use cachefn_core::{Error, Keep, Put, Storage, Token};
use custom_storage::Sqlite;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let file = std::env::temp_dir().join(format!("custom_storage-{}.db", std::process::id()));
    let shown = pollster::block_on(show(&file));
    for ending in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{ending}", file.display()));
    }
    shown
}

async fn show(file: &std::path::Path) -> Result<(), Box<dyn std::error::Error>> {
    let minute = Some(Duration::from_secs(60));
    let storage = Sqlite::open(file)?;

    println!("1. A record is kept beside the token of its namespace.");
    let [token] = storage.create_tokens(&[(b"%n:users", Token([7; 16]))]).await?[..] else {
        return Err("one token was asked for".into());
    };
    let tokens: &[&[u8]] = &[b"%n:users"];
    storage.set(b"users:7", Bytes::from_static(b"Ada"), Keep::new(minute, tokens)).await?;
    println!("   the token: {:02x?}", &token.0[..4]);

    println!("2. It outlives the process that wrote it.");
    storage.close().await?;
    println!("   after close: {}", storage.get(b"users:7").await.err().ok_or("it still answers")?);
    let storage = Sqlite::open(file)?;
    let found = storage.get(b"users:7").await?.ok_or("the record is gone")?;
    let remaining = found.remaining.unwrap_or_default();
    println!(
        "   opened again: {} bytes, {:.0} s to live",
        found.record.len(),
        remaining.as_secs_f64()
    );

    println!("3. To clear a namespace, its token is replaced: one write, however many records.");
    storage.replace_tokens(&[(b"%n:users", Token([8; 16]))]).await?;
    let now = storage.tokens(tokens).await?;
    println!("   the record's token is the stored one: {}", now == [Some(token)]);

    println!("4. Many at once are one transaction.");
    let names: Vec<String> = (0..1_000).map(|id| format!("pages:{id}")).collect();
    let put =
        |name| Put { name, record: Bytes::from_static(b"<html>"), keep: Keep::new(minute, &[]) };
    let started = Instant::now();
    for name in &names {
        let Put { name, record, keep } = put(name.as_bytes());
        storage.set(name, record, keep).await?;
    }
    let singly = started.elapsed();
    let started = Instant::now();
    storage.set_many(names.iter().map(|name| put(name.as_bytes())).collect()).await?;
    println!("   1,000 records: set {singly:.1?}, set_many {:.1?}", started.elapsed());

    println!("5. A sweep walks over the names, page by page.");
    println!("   {} names begin with pages:1", count(&storage, b"pages:1").await?);

    println!("6. What the table holds:");
    let connection = rusqlite::Connection::open(file)?;
    let mut rows = connection
        .prepare("SELECT name, length(record), until FROM records ORDER BY name LIMIT 3")?;
    let rows = rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    for row in rows {
        let (name, length, until): (Vec<u8>, u64, Option<i64>) = row?;
        let until = until.map_or("always".into(), |until| format!("until {until}"));
        println!("   {:<12} {length:>3} bytes, kept {until}", name.escape_ascii().to_string());
    }
    Ok(())
}

async fn count(storage: &Sqlite, prefix: &[u8]) -> Result<usize, Error> {
    let (mut sum, mut cursor) = (0, Bytes::new());
    loop {
        let page = storage.scan(prefix, &cursor, 100).await?;
        sum += page.names.len();
        match page.next {
            Some(next) => cursor = next,
            None => return Ok(sum),
        }
    }
}
