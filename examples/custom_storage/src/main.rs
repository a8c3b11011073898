//! Shows a cache over SQLite: what it asks of its storage, and what is in the file afterwards.

use std::error::Error;
use std::path::Path;
use std::time::{Duration, Instant};

use cachefn_core::{Cache, EntryOptions, Postcard};
use custom_storage::Sqlite;
use rusqlite::Connection;

fn main() -> Result<(), Box<dyn Error>> {
    let file = std::env::temp_dir().join(format!("custom_storage-{}.db", std::process::id()));
    let shown = pollster::block_on(show(&file));
    for ending in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{ending}", file.display()));
    }
    shown
}

async fn show(file: &Path) -> Result<(), Box<dyn Error>> {
    println!("1. A cache asks its storage before it computes, and keeps what it computed there.");
    let cache = open(file)?;
    println!("   {}", page(&cache, 7).await);
    cache.close().await?;

    println!("2. After a restart the storage answers.");
    let cache = open(file)?;
    println!("   {}", page(&cache, 7).await);

    println!("3. What is in the file: a token for the namespace, two for the tag, and the record.");
    list(file)?;

    println!("4. Invalidating a tag replaces its token, however many records bear it.");
    cache.invalidate_by_tag("author:Ada").await?;
    println!("   {}", page(&cache, 7).await);
    list(file)?;

    println!("5. Many at once are one transaction.");
    let started = Instant::now();
    for id in 1_000..2_000 {
        cache.set(id, "<html>".into()).await?;
    }
    let singly = started.elapsed();
    let started = Instant::now();
    cache.set_many((1_000..2_000).map(|id| (id, "<html>".into()))).await?;
    println!("   1,000 pages: by set {singly:.1?}, by set_many {:.1?}", started.elapsed());
    cache.close().await?;
    Ok(())
}

fn open(file: &Path) -> Result<Cache<u64, String>, Box<dyn Error>> {
    let hour = Duration::from_secs(3_600);
    let builder = Cache::<u64, String>::builder("pages").storage(Sqlite::open(file)?);
    Ok(builder.codec(Postcard).ttl(hour).max_entries(10_000).build()?)
}

async fn page(cache: &Cache<u64, String>, id: u64) -> String {
    let mut computed = false;
    let tagged = EntryOptions::new().tag("author:Ada");
    let page = cache.get_or_fetch_with(&id, tagged, async |_| {
        computed = true;
        format!("<h1>page {id}</h1>")
    });
    let page = page.await;
    format!("{page} ({})", if computed { "computed" } else { "from the storage" })
}

fn list(file: &Path) -> Result<(), Box<dyn Error>> {
    let connection = Connection::open(file)?;
    let mut rows = connection.prepare("SELECT name, record, until FROM records ORDER BY name")?;
    let rows = rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    for row in rows {
        let (name, record, until): (Vec<u8>, Vec<u8>, Option<i64>) = row?;
        let first: String = record.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
        let until = until.map_or("kept always".into(), |until| format!("kept until {until}"));
        let name = name.escape_ascii().to_string();
        println!("   {name:<22} {:>3} bytes, {first}…, {until}", record.len());
    }
    Ok(())
}
