//! The servers of a Cluster: found by asking some of them, and asked again when they changed.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use futures_util::future::select_ok;
use redis::{ConnectionAddr, ErrorKind, RedisError, cmd};

use super::dial::{Dial, address};
use super::map::{Map, ranges};
use super::node::{Node, locked};
use super::request::Request;
use crate::executor;
use crate::failure::{Failure, timed_out, without_executor};
use crate::settings::Settings;

/// All servers that are known of a Cluster.
pub(crate) struct Cluster {
    seeds: Vec<Arc<Node>>,
    has_tls: bool,
    settings: Arc<Settings>,
    nodes: Mutex<HashMap<(String, u16), Arc<Node>>>,
    map: Mutex<Arc<Map>>,
    numbers: AtomicU64,
    /// Whoever holds it asks for the map.
    asking: async_lock::Mutex<()>,
    asked: Mutex<Option<Instant>>,
}

impl Cluster {
    pub(super) fn new(seeds: Vec<ConnectionAddr>, settings: Arc<Settings>) -> Self {
        let has_tls = seeds.iter().any(|seed| matches!(seed, ConnectionAddr::TcpTls { .. }));
        let nodes: HashMap<(String, u16), Arc<Node>> = seeds
            .into_iter()
            .filter_map(|seed| {
                let name = match &seed {
                    ConnectionAddr::Tcp(host, port) => (host.clone(), *port),
                    ConnectionAddr::TcpTls { host, port, .. } => (host.clone(), *port),
                    _ => return None,
                };
                Some((name, Arc::new(Node::new(Dial::Direct(seed), settings.clone()))))
            })
            .collect();
        Cluster {
            seeds: nodes.values().cloned().collect(),
            has_tls,
            settings,
            nodes: Mutex::new(nodes),
            map: Mutex::new(Arc::new(Map::none())),
            numbers: AtomicU64::new(1),
            asking: async_lock::Mutex::new(()),
            asked: Mutex::default(),
        }
    }

    /// The map as it is known, asked for now if there is none.
    pub(super) async fn map(&self) -> Result<Arc<Map>, Failure> {
        let map = locked(&self.map).clone();
        if map.is_empty() { self.refresh(map.number).await } else { Ok(map) }
    }

    /// Another map than the one with this number, unless it was asked for a moment ago.
    pub(super) async fn refresh(&self, known: u64) -> Result<Arc<Map>, Failure> {
        if !executor::is_there() {
            return Err(Failure::new(NAME, without_executor()));
        }
        let waiting = self.asking.lock();
        let Some(_turn) = executor::at_most(self.settings.timeout, waiting).await else {
            return Err(Failure::new(NAME, timed_out()));
        };
        let map = locked(&self.map).clone();
        let asked = *locked(&self.asked);
        let is_early = asked.is_some_and(|asked| asked.elapsed() < PAUSE);
        if map.number != known || (is_early && !map.is_empty()) {
            return Ok(map);
        }
        let map = self.ask().await;
        *locked(&self.asked) = Some(Instant::now());
        let map = Arc::new(map?);
        *locked(&self.map) = map.clone();
        Ok(map)
    }

    /// The first answer of all servers that are known.
    async fn ask(&self) -> Result<Map, Failure> {
        let mut known: Vec<Arc<Node>> = locked(&self.nodes).values().cloned().collect();
        for seed in &self.seeds {
            if !known.iter().any(|node| Arc::ptr_eq(node, seed)) {
                known.push(seed.clone());
            }
        }
        let asked = known.into_iter().map(|node| {
            Box::pin(async move {
                let mut command = cmd("CLUSTER");
                command.arg("SLOTS");
                let request = Request::new(0, command);
                let answer = node.send(&[&request], false).await?.into_iter().next();
                let answer = answer.unwrap_or_else(|| Err(odd()));
                let read = answer.and_then(|answer| ranges(&answer).ok_or_else(odd));
                let read = read.and_then(|ranges| {
                    if ranges.is_empty() { Err(without_slots()) } else { Ok(ranges) }
                });
                read.map(|ranges| (node.clone(), ranges)).map_err(|error| node.failure(error))
            })
        });
        let ((from, ranges), _) = select_ok(asked).await?;
        let (host, _) = self.name_of(&from);
        let of = |range: super::map::Range| {
            let there = range.host.clone().unwrap_or_else(|| host.clone());
            let node = self.node(&there, range.port);
            (range, node)
        };
        let map = Map::new(
            self.numbers.fetch_add(1, Ordering::Relaxed),
            ranges.into_iter().map(of).collect(),
        );
        let masters = map.masters();
        let is_used = |node: &Arc<Node>| {
            masters.iter().chain(&self.seeds).any(|used| Arc::ptr_eq(used, node))
        };
        locked(&self.nodes).retain(|_, node| is_used(node));
        Ok(map)
    }

    /// The server at this address.
    pub(super) fn node(&self, host: &str, port: u16) -> Arc<Node> {
        let make = || {
            let address = address(host.to_string(), port, self.has_tls);
            Arc::new(Node::new(Dial::Direct(address), self.settings.clone()))
        };
        locked(&self.nodes).entry((host.to_string(), port)).or_insert_with(make).clone()
    }

    /// The server that one sent us to; without a host it is on that one's.
    pub(super) fn redirected(&self, from: &Arc<Node>, error: &RedisError) -> Option<Arc<Node>> {
        let (address, _slot) = error.redirect_node()?;
        let (host, port) = address.rsplit_once(':')?;
        let port = port.parse().ok()?;
        let near = host.is_empty() || host == "?";
        Some(if near { self.node(&self.name_of(from).0, port) } else { self.node(host, port) })
    }

    fn name_of(&self, node: &Arc<Node>) -> (String, u16) {
        match node.dial() {
            Dial::Direct(ConnectionAddr::Tcp(host, port)) => (host.clone(), *port),
            Dial::Direct(ConnectionAddr::TcpTls { host, port, .. }) => (host.clone(), *port),
            _ => (String::new(), 0),
        }
    }
}

pub(super) fn without_owner() -> Failure {
    Failure::new(NAME, (ErrorKind::ClusterConnectionNotFound, "no server has this slot").into())
}

fn odd() -> RedisError {
    (ErrorKind::UnexpectedReturnType, "CLUSTER SLOTS was answered with something else").into()
}

fn without_slots() -> RedisError {
    (ErrorKind::ClusterConnectionNotFound, "the Cluster has no slots yet").into()
}

const NAME: &str = "the Cluster";
/// Nobody asks again sooner.
const PAUSE: Duration = Duration::from_millis(100);
