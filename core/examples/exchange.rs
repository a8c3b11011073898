//! One half of a test: caches over a folder whose other half is in JavaScript (`npm/tests/exchange/`).
//!
//! `exchange FOLDER CODEC` reads commands, one a line, and answers each with a line of JSON.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write as _;
use std::io::{BufRead, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use bytes::Bytes;
use cachefn_core::{
    AnyCodec, Cache, EntryOptions, Error as CacheError, Found, Json, Keep, MessagePack, Storage,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// What both halves know.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct User {
    id: u64,
    name: String,
    score: f64,
    balance: i64,
    aliases: Vec<String>,
    nick: Option<String>,
    kind: Kind,
    /// In MessagePack the keys are numbers.
    visits: BTreeMap<u32, bool>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
enum Kind {
    Guest,
    Member { since: u16 },
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(folder), Some(codec)) = (arguments.next(), arguments.next()) else {
        return Err("exchange FOLDER json|messagepack".into());
    };
    let codec: AnyCodec = match &*codec {
        "json" => Json.into(),
        "messagepack" => MessagePack.into(),
        other => return Err(format!("no codec is called {other:?}").into()),
    };
    let mut out = std::io::stdout();
    for line in std::io::stdin().lock().lines() {
        let command: Vec<Value> = serde_json::from_str(&line?)?;
        let answer = pollster::block_on(obey(Path::new(&folder), codec, &command))?;
        writeln!(out, "{answer}")?;
        out.flush()?;
    }
    Ok(())
}

/// Each command has a cache of its own, so that no memory answers it.
async fn obey(folder: &Path, codec: AnyCodec, command: &[Value]) -> Result<Value, Box<dyn Error>> {
    let cache = Cache::<String, User>::builder("users")
        .storage(Folder(folder.into()))
        .codec(codec)
        .compress_above(500)
        .build()?;
    let word = |at: usize| command.get(at).and_then(Value::as_str).ok_or("a text is missing");
    let key = word(1)?.to_string();
    Ok(match word(0)? {
        "set" => {
            let user: User = serde_json::from_value(command.get(2).cloned().unwrap_or_default())?;
            let hour = Duration::from_secs(3_600);
            let options = EntryOptions::new().ttl(hour).stale_while_revalidate(hour).tag("eu");
            json!(cache.set_with(key, user, options).await?)
        }
        // The value, and how many records could not be read on the way to it.
        "get" => json!([cache.get(&key).await?, cache.stats().decode_failures]),
        "delete" => json!(cache.delete(&key).await?),
        "invalidate" => json!(cache.invalidate_by_tag(&key).await?),
        "clear" => json!(cache.clear().await?),
        other => return Err(format!("no command is called {other:?}").into()),
    })
}

/// Bytes in files that are called by the digits of their names.
struct Folder(PathBuf);

impl Folder {
    fn file(&self, name: &[u8]) -> PathBuf {
        let mut digits = String::new();
        for byte in name {
            let _ = write!(digits, "{byte:02x}"); // a String takes all
        }
        self.0.join(digits)
    }
}

impl Storage for Folder {
    async fn get(&self, name: &[u8]) -> Result<Option<Found>, CacheError> {
        Ok(std::fs::read(self.file(name)).ok().map(|bytes| Found::new(bytes.into())))
    }
    async fn set(&self, name: &[u8], record: Bytes, _: Keep<'_>) -> Result<(), CacheError> {
        let failed = |error: std::io::Error| CacheError::unavailable("set", error.to_string());
        std::fs::write(self.file(name), record).map_err(failed)
    }
    async fn delete(&self, name: &[u8]) -> Result<bool, CacheError> {
        Ok(std::fs::remove_file(self.file(name)).is_ok())
    }
}
