//! A process computes, ends, and the next one answers from the file. Run without arguments, this
//! program starts itself twice.

use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::time::Duration;

use cachefn_core::{Cache, EntryOptions, Postcard};
use cachefn_file::FileStorage;
use serde::{Deserialize, Serialize};

/// What is kept. A field more, less or renamed, and old records are misses, never garbage.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Factors {
    number: u64,
    primes: Vec<u64>,
}

static RUNS: AtomicU32 = AtomicU32::new(0);

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    if let (Some(step), Some(file)) = (arguments.next(), arguments.next()) {
        return pollster::block_on(process(&step, Path::new(&file)));
    }
    let folder = std::env::temp_dir().join(format!("example_file-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let ended = ["first", "second"].into_iter().try_for_each(|step| {
        let program = std::env::current_exe()?;
        let status = Command::new(program).arg(step).arg(folder.join("cache.db")).status()?;
        if status.success() { Ok(()) } else { Err(Failure::from("a process failed")) }
    });
    std::fs::remove_dir_all(&folder)?;
    ended
}

/// What either process does.
async fn process(step: &str, file: &Path) -> Result<(), Failure> {
    let storage = FileStorage::builder(file).max_bytes(64 << 20).build()?;
    let cache = Cache::<u64, Factors>::builder("factors")
        .max_entries(1_000) // in memory; the file has limits of its own
        .ttl(Duration::from_secs(3_600))
        .storage(storage)
        .codec(Postcard)
        .build()?;

    for number in NUMBERS {
        let options = EntryOptions::new().tag(if number % 2 == 0 { "even" } else { "odd" });
        let found = cache.get_or_fetch_with(&number, options, |_| async { factor(number) }).await;
        assert_eq!(found.primes.iter().product::<u64>(), number);
    }
    let (runs, kept) = (RUNS.load(Relaxed), cache.stats().storage_hits);
    println!(
        "{step} process: {} numbers asked for, {kept} from the file, {runs} computed",
        NUMBERS.len()
    );

    if step == "first" {
        cache.invalidate_by_tag("even").await?; // one write, however many entries
        println!("               the even ones are invalidated");
        cache.flush().await?; // from here on not even a power cut takes the others away
    } else {
        let found = cache.get(&NUMBERS[0]).await?.map(|found| found.primes);
        println!("               {} = {found:?}", NUMBERS[0]);
    }
    cache.close().await?;
    Ok(())
}

/// By trial division: slow on purpose.
fn factor(number: u64) -> Factors {
    RUNS.fetch_add(1, Relaxed);
    let (mut primes, mut rest, mut divisor) = (Vec::new(), number, 2);
    while divisor * divisor <= rest {
        if rest % divisor == 0 {
            primes.push(divisor);
            rest /= divisor;
        } else {
            divisor += 1;
        }
    }
    primes.push(rest);
    Factors { number, primes }
}

const NUMBERS: [u64; 6] =
    [1_000_000_016_000_000_063, 720_720, 65_537, 600_851_475_143, 4_294_967_296, 999_999_999_989];
