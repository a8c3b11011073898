//! A process computes, ends, and the next one answers from the file. Run without arguments, this
//! program starts itself twice.

use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::time::Duration;

use cachefn_core::{NamedCache, cachefn};
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

/// Where the answers lie is said by the program, when it starts.
#[cachefn(cache = "factors", tags = ["{kind}"])]
async fn factors(number: u64, kind: &str) -> Factors {
    RUNS.fetch_add(1, Relaxed);
    factor(number)
}

/// What either process does.
async fn process(step: &str, file: &Path) -> Result<(), Failure> {
    let storage = FileStorage::builder(file).max_bytes(64 << 20).build()?;
    let hour = Duration::from_secs(3_600);
    let cache = NamedCache::builder("factors").ttl(hour).storage(storage).register()?;

    for (number, kind) in NUMBERS {
        assert_eq!(factors(number, kind).await.primes.iter().product::<u64>(), number);
    }
    let (runs, kept) = (RUNS.load(Relaxed), factors::cache().stats().storage_hits);
    let (asked, (number, kind)) = (NUMBERS.len(), NUMBERS[0]);
    println!("{step} process: {asked} numbers asked for, {kept} from the file, {runs} computed");

    if step == "first" {
        cache.invalidate_by_tag("even").await?; // one write, however many entries
        println!("               the even ones are invalidated");
    } else {
        println!("               {:?}", factors(number, kind).await);
    }
    cache.flush().await?; // from here on not even a power cut takes the answers away
    Ok(())
}

/// By trial division: slow on purpose.
fn factor(number: u64) -> Factors {
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

const NUMBERS: [(u64, &str); 6] = [
    (1_000_000_016_000_000_063, "odd"),
    (720_720, "even"),
    (65_537, "odd"),
    (600_851_475_143, "odd"),
    (4_294_967_296, "even"),
    (999_999_999_989, "odd"),
];
