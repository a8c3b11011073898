//! A Cluster of three masters and three replicas.

use std::collections::BTreeMap;

use crate::server::{Server, field_of};
use crate::wait;

/// Three masters (nodes 0 to 2) and a replica of each (3 to 5), on ports of their own; they end with this
/// value. Who is silent for two seconds is down for the others.
///
/// ```no_run
/// use cachefn_servers::Cluster;
///
/// let cluster = Cluster::start();
/// cluster.kill(0);
/// cluster.wait_until_ok(); // node 3 has taken over
/// cluster.restart(0);
/// cluster.wait_until_ok(); // and node 0 is its replica
/// ```
#[derive(Debug)]
pub struct Cluster {
    nodes: Vec<Server>,
}

impl Cluster {
    /// Starts all six, gives each master its third of the slots and waits until all agree.
    ///
    /// # Panics
    /// `redis-server` is missing, or the nodes do not agree.
    #[must_use = "the servers end when this value is dropped"]
    pub fn start() -> Self {
        Self::with_conf("")
    }

    /// The same, with lines for the configuration of every node.
    ///
    /// # Panics
    /// As [`start`](Self::start).
    #[must_use = "the servers end when this value is dropped"]
    pub fn with_conf(lines: &str) -> Self {
        let node = Server::builder().conf(NODE).conf(lines);
        let cluster = Self { nodes: (0..6).map(|_| node.clone().start()).collect() };
        cluster.join();
        cluster.wait_until_ok();
        cluster
    }

    /// All of them, for a client to begin with.
    pub fn urls(&self) -> Vec<String> {
        self.nodes.iter().map(Server::url).collect()
    }

    /// The nodes, in the order in which they were started.
    pub fn nodes(&self) -> &[Server] {
        &self.nodes
    }

    /// The nodes that are masters now and run.
    pub fn masters(&self) -> Vec<&Server> {
        self.running().filter(|node| role(node) == "master").collect()
    }

    /// The nodes that are replicas now and run.
    pub fn replicas(&self) -> Vec<&Server> {
        self.running().filter(|node| role(node) == "slave").collect()
    }

    /// The number of the node that has a key's slot now; none while nobody does.
    pub fn owner(&self, key: &str) -> Option<usize> {
        let slot =
            self.running().find_map(|node| node.try_cli(&["CLUSTER", "KEYSLOT", key]).ok())?;
        self.owner_of_slot(slot.parse().ok()?)
    }

    /// The number of the node that has a slot now; none while nobody does.
    pub fn owner_of_slot(&self, slot: u16) -> Option<usize> {
        let known = self.running().find_map(known)?;
        let owner =
            known.slots.iter().find(|((first, last), _)| (*first..=*last).contains(&slot))?;
        self.nodes.iter().position(|node| node.port() == *owner.1)
    }

    /// The name by which the nodes know one.
    ///
    /// # Panics
    /// It does not run.
    pub fn id(&self, index: usize) -> String {
        self.nodes[index].cli(&["CLUSTER", "MYID"])
    }

    /// Kills a node (`kill -9`).
    ///
    /// # Panics
    /// There is no such node.
    pub fn kill(&self, index: usize) {
        self.nodes[index].kill();
    }

    /// Starts a node again, on its port, with its name and without its data. It is what it was if nobody
    /// has taken its place, and otherwise a replica.
    ///
    /// # Panics
    /// There is no such node, or it does not start.
    pub fn restart(&self, index: usize) {
        self.nodes[index].restart();
    }

    /// Waits until every slot has an owner that runs, all nodes that run agree on it, and their replicas
    /// follow them.
    ///
    /// # Panics
    /// Two minutes are not enough.
    pub fn wait_until_ok(&self) {
        if !wait::until_true(|| self.is_ok()) {
            let known = self.running().map(|node| node.try_cli(&["CLUSTER", "NODES"]));
            panic!("the nodes of the Cluster do not agree: {:#?}", known.collect::<Vec<_>>());
        }
    }

    fn join(&self) {
        for (index, node) in self.nodes.iter().enumerate() {
            // Otherwise the nodes would have to find out who is right.
            node.cli(&["CLUSTER", "SET-CONFIG-EPOCH", &(index + 1).to_string()]);
            if let Some((first, last)) = THIRDS.get(index) {
                node.cli(&["CLUSTER", "ADDSLOTSRANGE", first, last]);
            }
        }
        let know_all = || {
            self.nodes.iter().all(|node| {
                let nodes = node.cli(&["CLUSTER", "NODES"]);
                nodes.lines().count() == self.nodes.len() && !nodes.contains("handshake")
            })
        };
        let mut looks = 0;
        let meet = || {
            // A busy machine may be too slow for one to answer the first time.
            if looks % LOOKS_TO_MEET == 0 {
                self.introduce();
            }
            looks += 1;
            know_all()
        };
        assert!(wait::until_true(meet), "the nodes of the Cluster do not meet");
        for (index, replica) in self.nodes[3..].iter().enumerate() {
            let master = self.id(index);
            let follows = || replica.try_cli(&["CLUSTER", "REPLICATE", &master]).is_ok();
            assert!(wait::until_true(follows), "node {} follows nobody", index + 3);
        }
    }

    /// Tells the first node of those that it does not know.
    fn introduce(&self) {
        let first = &self.nodes[0];
        let known = first.cli(&["CLUSTER", "NODES"]);
        for node in &self.nodes[1..] {
            let port = node.port();
            if !known.contains(&format!(":{port}@")) {
                first.cli(&["CLUSTER", "MEET", "127.0.0.1", &port.to_string()]);
            }
        }
    }

    fn is_ok(&self) -> bool {
        let views: Option<Vec<Known>> = self.running().map(known).collect();
        let Some(views) = views else { return false };
        let runs = |port: &u16| self.running().any(|node| node.port() == *port);
        let is_agreed = views.iter().all(|view| {
            view.is_ok && view.slots == views[0].slots && view.slots.values().all(runs)
        });
        let covered: u32 =
            views[0].slots.keys().map(|(first, last)| u32::from(last - first) + 1).sum();
        let follow = self.running().all(|node| {
            let info = node.try_cli(&["INFO", "replication"]).unwrap_or_default();
            let is_master = field_of(&info, "role") == Some("master");
            // A master is one whom the others know as such, and not an old one that is still to hear of it.
            is_master == views[0].slots.values().any(|port| *port == node.port())
                && (is_master || field_of(&info, "master_link_status") == Some("up"))
        });
        is_agreed && covered == 16_384 && follow
    }

    fn running(&self) -> impl Iterator<Item = &Server> {
        self.nodes.iter().filter(|node| node.is_running())
    }
}

/// What a node knows of all.
struct Known {
    is_ok: bool,
    /// First and last slot of a range, and the port of its owner.
    slots: BTreeMap<(u16, u16), u16>,
}

fn known(node: &Server) -> Option<Known> {
    let info = node.try_cli(&["CLUSTER", "INFO"]).ok()?;
    let nodes = node.try_cli(&["CLUSTER", "NODES"]).ok()?;
    let mut slots = BTreeMap::new();
    for line in nodes.lines() {
        // id address:port@bus flags master ping pong epoch link slot…
        let words: Vec<&str> = line.split(' ').collect();
        let port = words.get(1)?.split(['@', ':']).nth(1)?.parse().ok()?;
        for range in words.iter().skip(8).filter(|range| !range.starts_with('[')) {
            let (first, last) = range.split_once('-').unwrap_or((range, range));
            slots.insert((first.parse().ok()?, last.parse().ok()?), port);
        }
    }
    Some(Known { is_ok: field_of(&info, "cluster_state") == Some("ok"), slots })
}

fn role(node: &Server) -> String {
    let info = node.try_cli(&["INFO", "replication"]).unwrap_or_default();
    field_of(&info, "role").unwrap_or_default().to_owned()
}

/// About a time that a node has to answer.
const LOOKS_TO_MEET: u32 = 150;
const NODE: &str = "cluster-enabled yes\ncluster-config-file nodes.conf\ncluster-node-timeout 2000";
const THIRDS: [(&str, &str); 3] = [("0", "5460"), ("5461", "10922"), ("10923", "16383")];
