//! From the command line to an open storage.

use std::path::Path;

use cachefn_core::{AnyStorage, Error, Records, Storage};
use cachefn_file::FileStorage;
use cachefn_redis::Redis;

use super::arguments::Place;
use super::failure::Failure;
use super::text::without_logins;

/// An open storage, and what there is beside it.
pub(crate) struct Opened {
    pub(crate) storage: AnyStorage,
    /// Its bus and its leases tell other processes what is removed here.
    pub(crate) redis: Option<Redis>,
    file: Option<FileStorage>,
    /// What it is called, without logins.
    pub(crate) title: String,
    namespace: Option<String>,
}

/// Whether a storage that is not there may be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Absent {
    Refuse,
    Make,
}

impl Opened {
    /// # Errors
    /// Of usage when no storage or several are named, of the storage when it does not open.
    pub(crate) async fn open(place: &Place, absent: Absent) -> Result<Self, Failure> {
        let namespace = place.namespace.clone();
        match (&place.file, &*place.url) {
            (Some(path), []) => Self::file(path, absent, namespace),
            (None, [_, ..]) => Self::redis(place, namespace).await,
            (None, []) => Err(Failure::Usage(NO_PLACE.into())),
            (Some(_), [_, ..]) => Err(Failure::Usage(TWO_PLACES.into())),
        }
    }

    fn file(path: &Path, absent: Absent, namespace: Option<String>) -> Result<Self, Failure> {
        let title = path.display().to_string();
        match (is_storage(path), absent) {
            (Ok(true), _) | (Ok(false), Absent::Make) => {}
            (Ok(false), Absent::Refuse) => {
                return Err(Failure::Storage(format!("open {title}: there is no such file")));
            }
            (Err(error), _) => return Err(Failure::Storage(format!("open {title}: {error}"))),
        }
        let file = FileStorage::open(path)?;
        let storage = AnyStorage::new(file.clone());
        Ok(Opened { storage, redis: None, file: Some(file), title, namespace })
    }

    async fn redis(place: &Place, namespace: Option<String>) -> Result<Self, Failure> {
        let urls = &place.url;
        let builder = match (&place.master, place.cluster, &**urls) {
            (Some(_), true, _) => return Err(Failure::Usage(TWO_TOPOLOGIES.into())),
            (Some(master), false, _) => Redis::sentinel(urls.clone(), master),
            (None, true, _) => Redis::cluster(urls.clone()),
            (None, false, [url]) => Redis::builder(url),
            (None, false, _) => return Err(Failure::Usage(MANY_URLS.into())),
        };
        let builder = match &place.prefix {
            Some(prefix) => builder.prefix(prefix),
            None => builder,
        };
        let redis = builder.connect().await?;
        let storage = AnyStorage::new(redis.storage());
        let title = without_logins(&urls.join(" "));
        Ok(Opened { storage, redis: Some(redis), file: None, title, namespace })
    }

    /// The cache that was named, or the only one.
    ///
    /// # Errors
    /// Of usage when none is named and there is not exactly one, and of the storage.
    pub(crate) async fn namespace(&self) -> Result<String, Failure> {
        if let Some(namespace) = &self.namespace {
            return Ok(namespace.clone());
        }
        let mut known = Records::namespaces(&self.storage).await?;
        match known.len() {
            1 => Ok(known.remove(0)),
            0 => Err(Failure::Usage(format!(
                "{} holds no cache yet; name one with --namespace",
                self.title
            ))),
            _ => Err(Failure::Usage(format!(
                "{} holds several caches; name one with --namespace: {}",
                self.title,
                known.join(", ")
            ))),
        }
    }

    /// The caches that are looked at: the one that was named, or all.
    ///
    /// # Errors
    /// When the storage cannot list them.
    pub(crate) async fn namespaces(&self) -> Result<Vec<String>, Failure> {
        match &self.namespace {
            Some(namespace) => Ok(vec![namespace.clone()]),
            None => Ok(Records::namespaces(&self.storage).await?),
        }
    }

    /// Damage that was found when the file was opened: where it was moved, and why.
    pub(crate) fn damage(&self) -> Vec<String> {
        let damaged = self.file.iter().flat_map(FileStorage::damaged);
        damaged.map(|own| format!("{}; it is now {}", own.why, own.moved_to.display())).collect()
    }

    /// Makes sure that what was written survives.
    ///
    /// # Errors
    /// When it may not.
    pub(crate) async fn flush(&self) -> Result<(), Error> {
        self.storage.flush().await
    }

    /// Writes out what waits, and lets go of the storage.
    ///
    /// # Errors
    /// When what was written may be lost.
    pub(crate) async fn close(self) -> Result<(), Error> {
        self.storage.close().await
    }
}

/// Whether this is a file that holds a storage; it is not there if not. To open another one would move
/// it away.
fn is_storage(path: &Path) -> Result<bool, String> {
    use std::io::Read;
    let mut file = match std::fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error.to_string()),
    };
    let mut begin = [0; MAGIC.len()];
    match file.read_exact(&mut begin) {
        Ok(()) if begin == MAGIC => Ok(true),
        Ok(()) => Err("it is no storage of a cache".into()),
        Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
            Err("it is too short for a storage of a cache".into())
        }
        Err(error) => Err(error.to_string()),
    }
}

/// What the file of every storage begins with.
const MAGIC: [u8; 9] = *b"redb\x1A\x0A\xA9\x0D\x0A";

const NO_PLACE: &str = "name a storage: --file PATH or --url redis://HOST/";
const TWO_PLACES: &str = "name one storage: --file and --url (or CACHEFN_URL) are both given";
const TWO_TOPOLOGIES: &str = "--master is for Sentinels, --cluster for a Cluster; give one of them";
const MANY_URLS: &str = "several urls need --master NAME for Sentinels, or --cluster";
