//! The servers of a run.

use cachefn_servers::Server;

/// Which servers they are.
pub(crate) enum Fleet {
    One(Box<Server>),
}

impl Fleet {
    pub(crate) fn urls(&self) -> Vec<String> {
        self.nodes().iter().map(Server::url).collect()
    }

    pub(crate) fn nodes(&self) -> &[Server] {
        match self {
            Fleet::One(server) => std::slice::from_ref(&**server),
        }
    }

    /// The numbers of those that are masters.
    pub(crate) fn masters(&self) -> Vec<usize> {
        let nodes = self.nodes().iter().enumerate();
        nodes.filter(|(_, node)| node.info("role") == "master").map(|(index, _)| index).collect()
    }

    /// Waits until all is well.
    pub(crate) fn wait_until_ok(&self) {
        match self {
            Fleet::One(server) => drop(server.cli(&["PING"])),
        }
    }
}
