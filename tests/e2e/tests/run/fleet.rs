//! The servers of a run.

use cachefn_servers::{Cluster, Server};

/// One server, or a Cluster.
pub(crate) enum Fleet {
    One(Box<Server>),
    Cluster(Cluster),
}

impl Fleet {
    pub(crate) fn urls(&self) -> Vec<String> {
        self.nodes().iter().map(Server::url).collect()
    }

    pub(crate) fn nodes(&self) -> &[Server] {
        match self {
            Fleet::One(server) => std::slice::from_ref(&**server),
            Fleet::Cluster(cluster) => cluster.nodes(),
        }
    }

    /// The numbers of those that are masters.
    pub(crate) fn masters(&self) -> Vec<usize> {
        let nodes = self.nodes().iter().enumerate();
        nodes.filter(|(_, node)| node.info("role") == "master").map(|(index, _)| index).collect()
    }

    /// Waits until nobody misses the one that was killed, where that can be.
    pub(crate) fn wait_for_takeover(&self) {
        if let Fleet::Cluster(cluster) = self {
            cluster.wait_until_ok();
        }
    }

    /// Waits until all is well.
    pub(crate) fn wait_until_ok(&self) {
        match self {
            Fleet::One(server) => drop(server.cli(&["PING"])),
            Fleet::Cluster(cluster) => cluster.wait_until_ok(),
        }
    }
}
