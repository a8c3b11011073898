//! Whether settings that are right one by one agree with each other.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::secrets::Complaint;
use super::settings::{CacheType, Config, Service, TwoLevel};
use super::storages::{Backend, Durability, Invalidation, L2, Mode};
use super::values::{ByteSize, Period, Secret};

/// Says what the whole program says where a service says nothing, and paths from the root on.
pub(super) fn settle(config: &mut Config, folder: &Path) {
    let inside = |path: &mut Option<PathBuf>| {
        if let Some(path) = path {
            *path = folder.join(&*path);
        }
    };
    inside(&mut config.global.audit.file);
    for service in config.services.values_mut() {
        let own = if service.cache_type == CacheType::L1 { service.l1.ttl } else { None };
        service.ttl = service.ttl.or(own).or(config.global.default_ttl);
        inside(&mut service.two_level.wal_path);
        let Some(l2) = &mut service.l2 else { continue };
        if let (Some(path), Some(text)) = (l2.path(), &l2.connection_string)
            && path.file_name().is_some()
        {
            let scheme = text.reveal().split(':').next().unwrap_or_default();
            let text = format!("{scheme}:{}", folder.join(path).display());
            l2.connection_string = Some(Secret::new(text));
        }
    }
}

/// Times of nothing, as they were written.
pub(super) fn zeros(config: &Config) -> Vec<Complaint> {
    let mut found = Vec::new();
    let never = ("is 0, so that nothing is ever stored", "write a longer time, or leave it out");
    let over = ("is 0, so that it is over at once", "write a longer time");
    let mut say = |place: &[&str],
                   keys: &[&str],
                   period: Option<Period>,
                   (problem, suggestion): (&str, &str)| {
        if period.is_some_and(|period| period.0.is_zero()) {
            let path = place.iter().chain(keys).map(ToString::to_string);
            found.push((path.collect(), problem.into(), suggestion.into()));
        }
    };
    say(&["global"], &["default_ttl"], config.global.default_ttl, never);
    for (name, service) in &config.services {
        let l2 = |read: fn(&L2) -> Option<Period>| service.l2.as_ref().and_then(read);
        let place = &["services", &**name];
        say(place, &["ttl"], service.ttl, never);
        say(place, &["tti"], service.tti, never);
        say(place, &["l1", "ttl"], service.l1.ttl, never);
        say(place, &["l2", "ttl"], l2(|l2| l2.ttl), never);
        say(place, &["l2", "timeout"], l2(|l2| l2.timeout), over);
        say(place, &["l2", "read_timeout"], l2(|l2| l2.read_timeout), over);
        say(place, &["two_level", "lease_time"], service.two_level.lease_time, over);
    }
    found
}

/// All that does not agree. A service whose type was written and could not be read is not held to one.
pub(super) fn contradictions(config: &Config, has_type: impl Fn(&str) -> bool) -> Vec<Complaint> {
    let mut found = Vec::new();
    let audit = &config.global.audit;
    if audit.file.is_none() {
        let said = [("max_bytes", audit.max_bytes.is_some()), ("keep", audit.keep.is_some())];
        for (word, _) in said.iter().filter(|(_, said)| *said) {
            let (problem, suggestion) =
                ("is said where no file is written", "leave it out, or add audit.file");
            let path = ["global", "audit", word].map(String::from);
            found.push((path.into(), problem.into(), suggestion.into()));
        }
    }
    let mut logs: BTreeMap<&Path, &str> = BTreeMap::new();
    for (name, service) in &config.services {
        let mut about = About { name, found: &mut found };
        about.name();
        match (has_type(name), &service.l2) {
            (true, _) => {
                about.times(service);
                about.tiers(service);
            }
            (false, Some(l2)) => about.storage(l2),
            (false, None) => {}
        }
        if let Some(path) = &service.two_level.wal_path
            && let Some(other) = logs.insert(path, name)
        {
            let problem = format!("is the folder of the service {other}, too");
            about.say(&["two_level", "wal_path"], &problem, "give each service one of its own");
        }
    }
    found
}

struct About<'a> {
    name: &'a str,
    found: &'a mut Vec<Complaint>,
}

impl About<'_> {
    fn say(&mut self, keys: &[&str], problem: &str, suggestion: &str) {
        let path =
            ["services", self.name].into_iter().chain(keys.iter().copied()).map(String::from);
        self.found.push((path.collect(), problem.into(), suggestion.into()));
    }

    fn name(&mut self) {
        if self.name.is_empty() || self.name.contains('/') {
            self.say(&[], "is no name for a service", "use letters, and no `/`");
        }
    }

    fn times(&mut self, service: &Service) {
        let outside = service.l2.as_ref().and_then(|l2| l2.ttl).or(service.ttl);
        let outside = outside.filter(|ttl| !ttl.0.is_zero());
        if service.cache_type == CacheType::L1 {
            let both = service.l1.ttl.zip(service.ttl);
            let is_zero = |ttl: Period| ttl.0.is_zero();
            if both.is_some_and(|(own, all)| own != all && !is_zero(own) && !is_zero(all)) {
                self.say(
                    &["l1", "ttl"],
                    "is another one than that of the service",
                    "keep one of them",
                );
            }
        } else if let (Some(inside), Some(outside)) = (service.l1.ttl, outside)
            && inside > outside
        {
            let problem = format!("is {inside}, longer than the {outside} in the storage");
            let suggestion = format!("write {outside} or less, or a longer l2.ttl");
            self.say(&["l1", "ttl"], &problem, &suggestion);
        }
        if let (Some(ttl), Some(tti)) = (outside, service.tti)
            && tti > ttl
        {
            let problem = format!("is {tti}, longer than the ttl of {ttl}");
            self.say(&["tti"], &problem, "write less, or leave it out");
        }
    }

    fn tiers(&mut self, service: &Service) {
        match (service.cache_type, &service.l2) {
            (CacheType::L1, None) => {
                if service.two_level != TwoLevel::default() {
                    self.say(&["two_level"], "is said of a service that has one level", TWO);
                }
                if service.codec.is_some() {
                    let problem = "is said of a service that keeps values as they are, in memory";
                    self.say(&["codec"], problem, TWO);
                }
            }
            (CacheType::L1, Some(_)) => {
                self.say(&["l2"], "is said of a service whose cache_type is \"l1\"", TWO);
            }
            (_, None) => {
                let suggestion = "add l2.connection_string, or write cache_type = \"l1\"";
                self.say(&["l2"], "is missing, though the cache_type needs a storage", suggestion);
            }
            (_, Some(l2)) => {
                self.storage(l2);
                self.together(&service.two_level, l2);
            }
        }
    }

    fn storage(&mut self, l2: &L2) {
        let addresses = &["l2", "connection_string"];
        let elsewhere = l2.connection_string_env.is_some() || l2.connection_string_file.is_some();
        match (l2.backend(), &l2.connection_string) {
            (None, None) if elsewhere => {} // said by who could not fetch it
            (None, None) => {
                self.say(addresses, "is missing", "write one such as \"redis://127.0.0.1:6379/0\"")
            }
            (None, Some(_)) => {
                let suggestion = "begin it with redis://, rediss://, unix://, file: or rocksdb:";
                self.say(addresses, "is no address of a storage", suggestion);
            }
            (Some(Backend::File), _) => self.here(l2, "file", "file:cache.db"),
            (Some(Backend::RocksDb), _) => self.here(l2, "folder", "rocksdb:cache"),
            (Some(Backend::Redis), _) => {
                if l2.max_bytes.is_some() {
                    self.say(
                        &["l2", "max_bytes"],
                        "is for what lies on this machine only",
                        "set `maxmemory` of the server",
                    );
                }
                match (l2.mode, &l2.master) {
                    (Mode::Sentinel, None) => {
                        self.say(
                            &["l2", "master"],
                            "is missing",
                            "name the master that the Sentinels know",
                        );
                    }
                    (Mode::Standalone | Mode::Cluster, Some(_)) => {
                        self.say(
                            &["l2", "master"],
                            "is for Sentinels only",
                            "leave it out, or write mode = \"sentinel\"",
                        );
                    }
                    _ => {}
                }
            }
        }
    }

    /// A file or a folder of this machine.
    fn here(&mut self, l2: &L2, what: &str, example: &str) {
        let address = l2.connection_string.as_ref().map_or("", Secret::reveal);
        let is_empty =
            address.split_once(':').is_none_or(|(_, path)| path.trim_matches('/').is_empty());
        if is_empty || (what == "file" && address.ends_with('/')) {
            let suggestion = format!("write one such as \"{example}\"");
            self.say(&["l2", "connection_string"], &format!("names no {what}"), &suggestion);
        }
        let said = [
            ("mode", l2.mode != Mode::Standalone),
            ("master", l2.master.is_some()),
            ("username", l2.username.is_some()),
            ("password", l2.password.is_some()),
            ("prefix", l2.prefix.is_some()),
            ("connections", l2.connections.is_some()),
            ("connect_timeout", l2.connect_timeout.is_some()),
        ];
        for (word, _) in said.iter().filter(|(_, said)| *said) {
            self.say(&["l2", word], &format!("means nothing for a {what}"), "leave it out");
        }
    }

    fn together(&mut self, both: &TwoLevel, l2: &L2) {
        let is_here = l2.backend().is_some_and(Backend::is_here);
        let mut useless = |word: &str, problem: &str, instead: &str| {
            let suggestion =
                if is_here { ALONE.into() } else { format!("leave it out, or {instead}") };
            self.say(&["two_level", word], problem, &suggestion);
        };
        let hears = both.invalidation == Invalidation::Channel && !is_here;
        if both.invalidation_channel.is_some() && !hears {
            let instead = "write invalidation = \"channel\"";
            useless("invalidation_channel", "is said where no channel is used", instead);
        }
        let is_told = both.invalidation != Invalidation::None && !is_here;
        if both.stale_while_lost.is_some() && !is_told {
            let instead = "write another invalidation";
            useless("stale_while_lost", "is said where nobody tells of changes", instead);
        }
        if is_here && both.invalidation == Invalidation::Tracking {
            useless("invalidation", "is \"tracking\", which only Redis can do", "");
        }
        if both.leases && is_here {
            useless("leases", "is true, which only Redis can do", "");
        }
        if both.lease_time.is_some() && !both.leases {
            useless("lease_time", "is said where no lease is asked for", "write leases = true");
        }
        let of_log = [
            ("wal_durability", both.wal_durability != Durability::default()),
            ("wal_max_bytes", both.wal_max_bytes.is_some()),
        ];
        for (word, said) in of_log {
            if said && both.wal_path.is_none() {
                let suggestion = "leave it out, or add two_level.wal_path";
                self.say(&["two_level", word], "is said where no log is written", suggestion);
            }
        }
        if both.wal_max_bytes.is_some_and(|most| most < LEAST_LOG) {
            let suggestion = format!("write {LEAST_LOG} or more");
            self.say(&["two_level", "wal_max_bytes"], "is too small for a log", &suggestion);
        }
        if both.max_pending_bytes.is_some_and(|most| most.0 == 0) {
            let problem = "is 0, so that nothing can wait";
            self.say(&["two_level", "max_pending_bytes"], problem, "write a larger size");
        }
        if both.batch_interval.is_some() && both.write_through {
            let suggestion = "write write_through = false, or leave it out";
            self.say(
                &["two_level", "batch_interval"],
                "is said where every write goes at once",
                suggestion,
            );
        }
    }
}

const TWO: &str = "leave it out, or write cache_type = \"two-level\"";
/// Two files, of which one is always being written.
const LEAST_LOG: ByteSize = ByteSize(16 << 20);
const ALONE: &str = "leave it out: what lies on this machine serves one process";
