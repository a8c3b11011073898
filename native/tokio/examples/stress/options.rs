//! What the command line says.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Options {
    pub(crate) concurrency: usize,
    pub(crate) duration: Duration,
    /// The end, if it comes earlier.
    pub(crate) calls: u64,
    pub(crate) keys: u64,
    pub(crate) seed: u64,
    pub(crate) place: Where,
    pub(crate) faults: bool,
    pub(crate) plot: Option<PathBuf>,
}

/// Where the records are.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Where {
    Memory,
    File(PathBuf),
    Redis(String),
    /// The nodes of a Cluster that are asked first.
    Cluster(Vec<String>),
    /// A server of our own, which may be broken.
    OwnRedis,
}

#[derive(Debug, PartialEq)]
pub(crate) enum Asked {
    Run(Options),
    Help,
}

pub(crate) const HELP: &str = "\
stress [--concurrency N] [--duration SECONDS] [--calls N] [--keys N] [--seed N]
       [--redis URL | --cluster URL,URL | --file PATH] [--faults] [--plot FILE.svg]

  --concurrency  tasks that call without a pause (50)
  --duration     seconds (10)
  --calls        ends after so many calls, if that is earlier
  --keys         different keys (10000); memory has room for a fifth of them
  --seed         what the keys are drawn from (1)
  --redis        keeps records in this server
  --cluster      keeps records in the Redis Cluster of these nodes
  --file         keeps records in this file; without either, in the memory of this process
  --faults       breaks what keeps the records: a Redis server that the program starts for
                 itself, or errors and hanging calls before the file
  --plot         where the picture goes; none is drawn without it";

impl Options {
    /// # Errors
    /// In words, what cannot be understood.
    pub(crate) fn read(words: impl Iterator<Item = String>) -> Result<Asked, String> {
        let mut options = Options {
            concurrency: 50,
            duration: Duration::from_secs(10),
            calls: u64::MAX,
            keys: 10_000,
            seed: 1,
            place: Where::Memory,
            faults: false,
            plot: None,
        };
        let mut words = words;
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or(format!("{word} needs a value"));
            match word.as_str() {
                "--help" | "-h" => return Ok(Asked::Help),
                "--concurrency" => options.concurrency = number(&word, &value()?, 1)?,
                "--duration" => {
                    let seconds: u32 = number(&word, &value()?, 1)?;
                    options.duration = Duration::from_secs(seconds.into());
                }
                "--calls" => options.calls = number(&word, &value()?, 1)?,
                "--keys" => options.keys = number(&word, &value()?, 1)?,
                "--seed" => options.seed = number(&word, &value()?, 0)?,
                "--redis" => options.set(Where::Redis(value()?))?,
                "--cluster" => {
                    let nodes = value()?.split(',').map(str::to_owned).collect();
                    options.set(Where::Cluster(nodes))?;
                }
                "--file" => options.set(Where::File(value()?.into()))?,
                "--plot" => options.plot = Some(value()?.into()),
                "--faults" => options.faults = true,
                _ => return Err(format!("unknown argument {word:?}")),
            }
        }
        match (&options.place, options.faults) {
            (Where::Redis(_) | Where::Cluster(_), true) => {
                let text = "--faults breaks servers that the program started itself: \
                            leave --redis and --cluster out, and it starts one";
                return Err(text.to_owned());
            }
            (Where::Memory, true) => options.place = Where::OwnRedis,
            _ => {}
        }
        Ok(Asked::Run(options))
    }

    fn set(&mut self, place: Where) -> Result<(), String> {
        if self.place != Where::Memory {
            return Err(
                "records are in one place: give one of --redis, --cluster and --file, once"
                    .to_owned(),
            );
        }
        self.place = place;
        Ok(())
    }
}

fn number<N: FromStr + PartialOrd + From<u8>>(
    word: &str,
    text: &str,
    least: u8,
) -> Result<N, String> {
    let number = text.parse().ok().filter(|number| *number >= N::from(least));
    number.ok_or_else(|| format!("{word} {text}: expected a whole number from {least} on"))
}
