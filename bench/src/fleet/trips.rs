//! What a server was asked: packets that it read, and commands.

use std::collections::BTreeMap;

use cachefn_servers::Server;

/// What a server counted so far.
pub struct Count {
    packets: f64,
    commands: BTreeMap<String, f64>,
}

/// What one operation took.
pub struct Trips {
    /// How often the server read something: round trips, as long as one operation follows the other.
    pub packets: f64,
    /// Commands by their names, those of scripts among them.
    pub commands: String,
}

/// What the server is asked for by so many operations.
pub fn count(server: &Server, operations: usize, work: impl FnOnce()) -> Trips {
    // What looking at the counters counts itself.
    let (first, second) = (Count::now(server), Count::now(server));
    let looking = second.packets - first.packets;
    work();
    let last = Count::now(server);
    let each = |count: f64| (100.0 * count / operations as f64).round() / 100.0;
    Trips {
        packets: each(last.packets - second.packets - looking),
        commands: shown(&second.commands, &last.commands, operations),
    }
}

impl Count {
    fn now(server: &Server) -> Self {
        let packets = server.info("total_reads_processed").parse().unwrap_or(f64::NAN);
        Count { packets, commands: commands(&server.cli(&["INFO", "commandstats"])) }
    }
}

/// The calls of every command, as `INFO commandstats` tells them.
fn commands(text: &str) -> BTreeMap<String, f64> {
    let calls = text.lines().filter_map(|line| {
        let (name, rest) = line.strip_prefix("cmdstat_")?.split_once(":calls=")?;
        Some((name.to_string(), rest.split(',').next()?.parse().ok()?))
    });
    calls.collect()
}

/// Commands that came with every tenth operation at least.
fn shown(
    before: &BTreeMap<String, f64>,
    after: &BTreeMap<String, f64>,
    operations: usize,
) -> String {
    let each = after.iter().map(|(name, calls)| {
        (name, (calls - before.get(name).unwrap_or(&0.0)) / operations as f64)
    });
    let often = each.filter(|(_, calls)| *calls >= 0.1);
    often.map(|(name, calls)| format!("{name} {calls:.1}")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_counted_by_their_names() {
        let before = commands("# Commandstats\r\ncmdstat_get:calls=5,usec=7\r\n");
        let after = commands("cmdstat_get:calls=25,usec=9\r\ncmdstat_config|set:calls=1,usec=2");
        assert_eq!(shown(&before, &after, 10), "config|set 0.1, get 2.0");
    }
}
