//! What the storage costs beside the bare client on one connection each, to the server at the URL that is
//! given: `cargo run --release -p cachefn-redis --example cost -- redis://127.0.0.1:6379/`. It writes
//! under the prefix `cost` alone.

use std::time::{Duration, Instant};

use bytes::Bytes;
use cachefn_core::{Keep, Put, Storage, Token};
use cachefn_redis::{Redis, RedisStorage};
use redis::aio::MultiplexedConnection;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let url = std::env::args().nth(1).ok_or("give the URL of a server that may be written to")?;
    let long = Duration::from_secs(30);
    let redis = Redis::builder(url.as_str()).prefix("cost").timeout(long);
    let storage = redis.connect_timeout(long).connect().await?.storage();
    let client = redis::Client::open(format!("{url}?protocol=resp3"))?;
    let config = redis::AsyncConnectionConfig::new().set_response_timeout(Some(long));
    let bare = client.get_multiplexed_async_connection_with_config(&config).await?;
    let names: [&[u8]; 4] = [b"%n:plain", b"%n:users", b"%t:users:t", b"%x:users:t"];
    storage.create_tokens(&names.map(|name| (name, Token([1; 16])))).await?;
    for size in [100, 10_000] {
        for others in [1, 32] {
            println!("{size} bytes, {others} at once");
            run(&storage, &bare, size, others).await?;
        }
    }
    Ok(())
}

async fn run(
    storage: &RedisStorage,
    bare: &MultiplexedConnection,
    size: usize,
    others: usize,
) -> Result<(), Box<dyn std::error::Error>> {
    let record = Bytes::from(vec![7; size]);
    let life = Some(Duration::from_secs(600));
    let plain: [&[u8]; 1] = [b"%n:plain"];
    let tagged: [&[u8]; 3] = [b"%n:users", b"%t:users:t", b"%x:users:t"];
    storage.set(b"plain:1", record.clone(), Keep::new(life, &plain)).await?;
    storage.set(b"users:tagged", record.clone(), Keep::new(life, &tagged)).await?;
    let get = || async {
        let mut bare = bare.clone();
        let value: Vec<u8> =
            redis::cmd("GET").arg("cost:plain:1").query_async(&mut bare).await.expect("GET");
        assert!(value.len() >= size);
    };
    let set = || async {
        let mut bare = bare.clone();
        let mut command = redis::cmd("SET");
        command.arg("cost:users:bare").arg(&record[..]).arg("PX").arg(600_000);
        let () = command.query_async(&mut bare).await.expect("SET");
    };
    let read = || async { assert!(storage.get(b"plain:1").await.expect("get").is_some()) };
    let read_tagged =
        || async { assert!(storage.get(b"users:tagged").await.expect("get").is_some()) };
    let write = || async {
        let keep = Keep::new(life, &plain);
        storage.set(b"plain:1", record.clone(), keep).await.expect("set");
    };
    let write_tagged = || async {
        let keep = Keep::new(life, &tagged);
        storage.set(b"users:tagged", record.clone(), keep).await.expect("set");
    };
    let names: Vec<String> = (0..100).map(|number| format!("plain:{number}")).collect();
    let pipeline = || async {
        let mut bare = bare.clone();
        let mut pipeline = redis::pipe();
        for name in &names {
            let key = ["cost:", name].concat();
            pipeline.cmd("SET").arg(key).arg(&record[..]).arg("PX").arg(600_000).ignore();
        }
        let () = pipeline.query_async(&mut bare).await.expect("pipeline");
    };
    let write_many = || async {
        let puts = names.iter().map(|name| Put {
            name: name.as_bytes(),
            record: record.clone(),
            keep: Keep::new(life, &plain),
        });
        storage.set_many(puts.collect()).await.expect("set_many");
    };
    compare("get", others, &get, &read).await;
    compare("get with a tag", others, &get, &read_tagged).await;
    compare("set", others, &set, &write).await;
    compare("set with a tag", others, &set, &write_tagged).await;
    compare("set_many of 100", others.min(4), &pipeline, &write_many).await;
    Ok(())
}

/// The median of rounds in which both take turns.
async fn compare<A: Future, B: Future>(
    what: &str,
    others: usize,
    bare: &impl Fn() -> A,
    ours: &impl Fn() -> B,
) {
    let mut ratios = Vec::new();
    let (mut one, mut other) = (Duration::ZERO, Duration::ZERO);
    for _ in 0..21 {
        one = time(others, bare).await;
        other = time(others, ours).await;
        ratios.push(other.as_secs_f64() / one.as_secs_f64());
    }
    ratios.sort_by(f64::total_cmp);
    println!("  {what:<16} bare {one:>9.1?}  ours {other:>9.1?}  ratio {:.2}", ratios[10]);
}

async fn time<F: Future>(others: usize, call: &impl Fn() -> F) -> Duration {
    let calls = 640 / others;
    let begin = Instant::now();
    let lane = || async {
        for _ in 0..calls {
            call().await;
        }
    };
    futures_util::future::join_all((0..others).map(|_| lane())).await;
    begin.elapsed() / (calls * others) as u32
}
