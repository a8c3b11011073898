//! From the command line to an open storage.

use std::path::{Path, PathBuf};
use std::time::Duration;

use cachefn_core::{AnyStorage, Error, Records, Storage};
use cachefn_redis::{Redis, RedisBus};
use cachefn_tokio::TokioRuntime;

use super::arguments::Place;
use super::failure::Failure;
use super::here::{self, Absent, Here};
use super::service::{self, Whose};
use super::text::addresses;
use crate::config::{self, Backend, Config, Invalidation};
use crate::registry::connect;

/// An open storage, and what there is beside it.
pub(crate) struct Opened {
    pub(crate) storage: AnyStorage,
    /// Its leases are taken back for what is removed here.
    pub(crate) redis: Option<Redis>,
    /// Tells other processes what is removed here.
    pub(crate) bus: Option<RedisBus>,
    /// What was found damaged when it was opened: where it was moved, and why.
    pub(crate) damage: Vec<String>,
    /// What it is called, without logins.
    pub(crate) title: String,
    /// Where it lies on this machine, if it does.
    pub(crate) path: Option<PathBuf>,
    scope: Scope,
    /// What the configuration says of entries that are written.
    pub(crate) habits: Habits,
}

/// Which caches of a storage are looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Scope {
    All,
    /// The cache of this name.
    One(String),
    /// The caches of these names, and those of functions in them.
    Services(Vec<String>),
}

/// How a service writes its entries; nothing is known without a configuration.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Habits {
    pub(crate) codec: Option<config::Codec>,
    pub(crate) ttl: Option<Duration>,
}

impl Place {
    /// Whether the words fit together: one that is passed over may have been to spare another storage.
    ///
    /// # Errors
    /// Of usage when no storage or several are named, or a word is for another kind of storage.
    pub(crate) fn agrees(&self) -> Result<(), Failure> {
        let (has_urls, has_config) = (!self.url.is_empty(), self.config.is_some());
        let named = [self.file.is_some(), self.rocksdb.is_some(), has_urls, has_config];
        let is_redis = match named.iter().filter(|named| **named).count() {
            0 if std::env::var_os(URL).is_none() => return Err(Failure::Usage(NO_PLACE.into())),
            0 => true,
            1 => has_urls,
            _ => return Err(Failure::Usage(TWO_PLACES.into())),
        };
        if self.service.is_some() && !has_config {
            return Err(Failure::Usage(NO_SERVICE.into()));
        }
        let words = [
            ("--prefix", self.prefix.is_some()),
            ("--master", self.master.is_some()),
            ("--cluster", self.cluster),
        ];
        match words.iter().find(|(_, said)| *said && !is_redis) {
            Some((word, _)) => Err(Failure::Usage(format!("{word} {NO_SERVERS}"))),
            None => Ok(()),
        }
    }
}

impl Opened {
    /// # Errors
    /// Of usage when the words do not [agree](Place::agrees), of the storage when it does not open, of data
    /// when the configuration is wrong.
    pub(crate) async fn open(place: &Place, absent: Absent, whose: Whose) -> Result<Self, Failure> {
        place.agrees()?;
        let opened = match (&place.file, &place.rocksdb, &*place.url, &place.config) {
            (Some(path), None, [], None) => Self::here(path, here::file(path, absent)?),
            (None, Some(path), [], None) => Self::here(path, here::rocksdb(path, None, absent)?),
            (None, None, urls @ [_, ..], None) => Self::redis(urls.to_vec(), place).await?,
            (None, None, [], Some(path)) => {
                let config = service::load(path)?;
                let names = service::chosen(&config, place.service.as_deref(), whose)?;
                let opened = Self::service(&config, names[0], absent).await?;
                let scope = Scope::Services(names.into_iter().map(String::from).collect());
                Opened { scope, ..opened }
            }
            (None, None, [], None) => match std::env::var(URL) {
                Ok(urls) => {
                    let urls = urls.split(',').map(ToString::to_string).collect();
                    Self::redis(urls, place).await?
                }
                Err(_) => return Err(Failure::Usage(NO_PLACE.into())),
            },
            _ => return Err(Failure::Usage(TWO_PLACES.into())),
        };
        Ok(match &place.namespace {
            Some(name) => Opened { scope: Scope::One(name.clone()), ..opened },
            None => opened,
        })
    }

    /// The storage of a service.
    ///
    /// # Errors
    /// Of usage when it has none, of the storage when it does not open.
    pub(crate) async fn service(
        config: &Config,
        name: &str,
        absent: Absent,
    ) -> Result<Self, Failure> {
        let (own, l2) = service::with_storage(config, name)?;
        let ttl = l2.ttl.or(own.ttl).or(config.global.default_ttl).map(|period| period.0);
        let codec = Some(own.codec.unwrap_or(config.global.codec));
        let (scope, habits) = (Scope::Services(vec![name.into()]), Habits { codec, ttl });
        if let Some(path) = l2.path() {
            let here = match l2.backend() {
                Some(Backend::RocksDb) => {
                    here::rocksdb(&path, l2.max_bytes.map(|size| size.0), absent)?
                }
                _ => here::file(&path, absent)?,
            };
            return Ok(Opened { scope, habits, ..Self::here(&path, here) });
        }
        // The way to a server is deep: in a box the compiler needs not see all of it at once.
        let redis = Box::pin(connect(l2, l2.prefix.as_deref())).await?;
        let (told, runtime) = (&own.two_level, TokioRuntime::current()?);
        let bus = match (told.invalidation, &told.invalidation_channel) {
            (Invalidation::Channel, None) => Some(redis.bus(runtime)),
            (Invalidation::Channel, channel) => {
                Some(Box::pin(connect(l2, channel.as_deref())).await?.bus(runtime))
            }
            // The servers tell, or nobody does.
            _ => None,
        };
        let storage = AnyStorage::new(redis.storage());
        let title = addresses(l2.addresses());
        let (damage, redis) = (vec![], Some(redis));
        Ok(Opened { storage, redis, bus, damage, title, path: None, scope, habits })
    }

    /// A file, or a folder, which nobody else can have told of changes.
    fn here(path: &Path, here: Here) -> Self {
        let (scope, habits) = (Scope::All, Habits::default());
        let Here { storage, damage } = here;
        let (title, path) = (path.display().to_string(), Some(path.into()));
        Opened { storage, redis: None, bus: None, damage, title, path, scope, habits }
    }

    async fn redis(urls: Vec<String>, place: &Place) -> Result<Self, Failure> {
        let builder = match (&place.master, place.cluster, &*urls) {
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
        let redis = Box::pin(builder.connect()).await?;
        let storage = AnyStorage::new(redis.storage());
        let bus = Some(redis.bus(TokioRuntime::current()?));
        let (title, scope) = (addresses(urls.iter().map(String::as_str)), Scope::All);
        let (damage, redis, habits) = (vec![], Some(redis), Habits::default());
        Ok(Opened { storage, redis, bus, damage, title, path: None, scope, habits })
    }

    /// The cache that was named, or the only one.
    ///
    /// # Errors
    /// Of usage when none is named and there is not exactly one, and of the storage.
    pub(crate) async fn namespace(&self) -> Result<String, Failure> {
        match &self.scope {
            Scope::One(name) => return Ok(name.clone()),
            Scope::Services(names) if let [name] = &**names => return Ok(name.clone()),
            _ => {}
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
        if let Scope::One(name) = &self.scope {
            return Ok(vec![name.clone()]);
        }
        let mut all = Records::namespaces(&self.storage).await?;
        if let Scope::Services(services) = &self.scope {
            let is_of = |name: &str, service: &String| {
                name.strip_prefix(&**service)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            };
            all.retain(|name| services.iter().any(|service| is_of(name, service)));
        }
        Ok(all)
    }

    /// The caches from which entries are removed: that of this name, and those of functions in it where a
    /// service is looked at.
    ///
    /// # Errors
    /// When the storage cannot list them.
    pub(crate) async fn with_functions(&self, name: &str) -> Result<Vec<String>, Failure> {
        let mut all = vec![name.to_string()];
        if let Scope::Services(_) = &self.scope {
            all.extend(self.namespaces().await?.into_iter().filter(|other| other != name));
        }
        Ok(all)
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

/// Names a storage in Redis where the words name none.
const URL: &str = "CACHEFN_URL";

const NO_PLACE: &str =
    "name a storage: --file PATH, --rocksdb PATH, --url redis://HOST/ or --config PATH";
const TWO_PLACES: &str = "name one storage: only one of --file, --rocksdb, --url and --config";
const NO_SERVICE: &str = "--service names one of a configuration; name that with --config, \
                          or the cache of this storage with --namespace";
const NO_SERVERS: &str = "is for servers named by --url; leave it out: \
                          a configuration says it of its own, and what lies on this machine has none";
const TWO_TOPOLOGIES: &str = "--master is for Sentinels, --cluster for a Cluster; give one of them";
const MANY_URLS: &str = "several urls need --master NAME for Sentinels, or --cluster";
