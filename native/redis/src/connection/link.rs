//! What the rest of the crate asks servers through, whatever their topology.

use std::sync::Arc;

use cachefn_core::Error;
use redis::aio::MultiplexedConnection;
use redis::{Cmd, ConnectionAddr, PushInfo, Value};

use super::cluster::Cluster;
use super::dial::Dial;
use super::node::Node;
use super::request::{Request, Script};
use super::routing::{End, Route, one};
use super::slots::slot;
use super::streaming;
use crate::settings::Settings;

/// The way to the servers. Clones share the connections.
#[derive(Clone)]
pub(crate) struct Link {
    settings: Arc<Settings>,
    route: Route,
}

/// A connection of its own, and what the server sends on it unasked, a
/// [`Disconnection`](redis::PushKind::Disconnection) at its end. It closes when it is dropped.
pub(crate) struct Pushes {
    pub(crate) connection: MultiplexedConnection,
    pub(crate) received: futures_channel::mpsc::UnboundedReceiver<PushInfo>,
}

impl Link {
    /// To one server, or to the master of some.
    pub(crate) fn to(dial: Dial, settings: Settings) -> Self {
        let settings = Arc::new(settings);
        let route = Route::One(Arc::new(Node::new(dial, settings.clone())));
        Link { settings, route }
    }

    /// To the Cluster that has a server at one of these addresses.
    pub(crate) fn to_cluster(seeds: Vec<ConnectionAddr>, settings: Settings) -> Self {
        let settings = Arc::new(settings);
        let route = Route::Cluster(Arc::new(Cluster::new(seeds, settings.clone())));
        Link { settings, route }
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.settings
    }

    /// A number that only clones of this have as long as there is one, and never 0.
    pub(crate) fn place(&self) -> u64 {
        Arc::as_ptr(&self.settings).addr() as u64
    }

    /// Whether names belong to slots, on different servers.
    pub(crate) fn has_slots(&self) -> bool {
        matches!(self.route, Route::Cluster(_))
    }

    /// A request for whoever has the key.
    pub(crate) fn request(&self, key: &[u8], command: Cmd) -> Request {
        Request::new(self.slot(key), command)
    }

    /// A script over keys of one slot, at least one.
    pub(crate) fn script(
        &self,
        script: &'static Script,
        keys: &[&[u8]],
        arguments: &[&[u8]],
    ) -> Request {
        let slot = keys.first().map_or(0, |key| self.slot(key));
        Request::of_script(slot, script, keys, arguments)
    }

    /// The answer to one request.
    ///
    /// # Errors
    /// What went wrong, on the way or at the server.
    pub(crate) async fn run(
        &self,
        operation: &'static str,
        request: Request,
    ) -> Result<Value, Error> {
        only(operation, self.route.send(&[&request]).await)
    }

    /// The answers to many requests in their order, each with its own end; one packet for each server, or
    /// some of them where one server gets hundreds.
    pub(crate) async fn run_many(
        &self,
        operation: &'static str,
        requests: Vec<Request>,
    ) -> Vec<Result<Value, Error>> {
        self.run_made(operation, requests.into_iter()).await
    }

    /// As [`run_many`](Self::run_many), of requests that are made when their packet is.
    pub(crate) async fn run_made(
        &self,
        operation: &'static str,
        requests: impl Iterator<Item = Request>,
    ) -> Vec<Result<Value, Error>> {
        let ends = match &self.route {
            Route::One(node) => streaming::all(node, requests).await,
            Route::Cluster(_) => {
                let requests: Vec<Request> = requests.collect();
                let all: Vec<&Request> = requests.iter().collect();
                if all.is_empty() { Vec::new() } else { self.route.send(&all).await }
            }
        };
        ends.into_iter().map(|end| end.map_err(|failure| failure.during(operation))).collect()
    }

    /// All servers that take writes, in an order that stays while they do.
    ///
    /// # Errors
    /// When a Cluster cannot be asked which they are.
    pub(crate) async fn masters(&self, operation: &'static str) -> Result<Vec<Arc<Node>>, Error> {
        self.route.masters().await.map_err(|failure| failure.during(operation))
    }

    /// As [`masters`](Self::masters), asked for now.
    ///
    /// # Errors
    /// As there.
    pub(crate) async fn masters_anew(
        &self,
        operation: &'static str,
    ) -> Result<Vec<Arc<Node>>, Error> {
        self.route.masters_anew().await.map_err(|failure| failure.during(operation))
    }

    /// The answer of this server to one request, whoever has the slot.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub(crate) async fn run_at(
        &self,
        operation: &'static str,
        node: &Arc<Node>,
        request: Request,
    ) -> Result<Value, Error> {
        only(operation, one(node, &[&request]).await)
    }

    /// A number for what is behind the connections to this server: another one after each that was lost.
    ///
    /// # Errors
    /// When it cannot be reached.
    pub(crate) async fn epoch(
        &self,
        operation: &'static str,
        node: &Arc<Node>,
    ) -> Result<u64, Error> {
        node.epoch().await.map_err(|failure| failure.during(operation))
    }

    /// A connection for messages, to the server that has this key.
    ///
    /// # Errors
    /// When the server cannot be reached.
    pub(crate) async fn pushes(
        &self,
        operation: &'static str,
        key: &[u8],
    ) -> Result<Pushes, Error> {
        let owner = self.route.owner(self.slot(key)).await;
        let node = owner.map_err(|failure| failure.during(operation))?;
        self.pushes_of(operation, &node).await
    }

    /// A connection for messages, to this server.
    ///
    /// # Errors
    /// When it cannot be reached.
    pub(crate) async fn pushes_of(
        &self,
        operation: &'static str,
        node: &Arc<Node>,
    ) -> Result<Pushes, Error> {
        let (sender, received) = futures_channel::mpsc::unbounded();
        let send = move |push: PushInfo| sender.unbounded_send(push);
        let config = self.settings.config().set_push_sender(send);
        let connecting = node.dial().connect(&self.settings, &config).await;
        let connection = connecting.map_err(|error| node.failure(error).during(operation))?;
        Ok(Pushes { connection, received })
    }

    fn slot(&self, key: &[u8]) -> u16 {
        if self.has_slots() { slot(key) } else { 0 }
    }
}

fn only(operation: &'static str, ends: Vec<End>) -> Result<Value, Error> {
    let end = ends.into_iter().next();
    let Some(end) = end else { return Err(Error::unavailable(operation, "redis gave no answer")) };
    end.map_err(|failure| failure.during(operation))
}
