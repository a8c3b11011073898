//! Which versions are compared, and what each library lacks.

use crate::peers::{self, About, Maker};
use crate::table::Table;

/// The peers' crates with their versions, as the manifest pins them.
pub fn versions() -> Vec<String> {
    let peers = pins().filter(|(name, _)| !TOOLS.contains(name));
    peers.map(|(name, version)| format!("{name} {version}")).collect()
}

/// What a reader must know to compare fairly.
pub fn table() -> Table {
    let head = ["peer", "version", "hasher", "threads", "bounded by", "TTL", "tags"];
    let mut table = Table::new("Caches, each with its default hasher", head);
    for kind in peers::all() {
        let About { package, hasher, bound, ttl, tags } = kind.about;
        let version = pins().find(|(name, _)| *name == package).map_or("this", |(_, own)| own);
        let threads = if matches!(kind.maker, Maker::Shared(_)) { "many" } else { "one" };
        let bound = bound.unwrap_or("nothing");
        let (ttl, tags) = (ttl.unwrap_or("no"), if tags { "yes" } else { "no" });
        table.row([&*kind.name, version, hasher, threads, bound, ttl, tags]);
    }
    table
}

fn pins() -> impl Iterator<Item = (&'static str, &'static str)> {
    include_str!("../Cargo.toml").lines().filter_map(|line| {
        let (name, rest) = line.split_once(" = ")?;
        let (_, version) = rest.split_once("\"=")?;
        let (version, _) = version.split_once('"')?;
        Some((name, version))
    })
}

/// What this program needs itself.
const TOOLS: [&str; 10] = [
    "cachelito-core",
    "cpu-time",
    "metrics",
    "once_cell",
    "parking_lot",
    "serde_json",
    "tokio",
    "tracing",
    "tracing-subscriber",
    "zstd",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cache_but_our_own_is_pinned() {
        for kind in peers::all() {
            let package = kind.about.package;
            let pinned = pins().any(|(name, _)| name == package);
            assert!(pinned != (package == "cachefn-core"), "{package}");
        }
    }
}
