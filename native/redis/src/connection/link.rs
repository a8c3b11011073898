//! What the rest of the crate asks servers through, whatever their topology.

use std::sync::Arc;

use cachefn_core::Error;
use redis::aio::MultiplexedConnection;
use redis::{Cmd, PushInfo, Value};

use super::dial::Dial;
use super::node::{Answer, Node};
use super::request::{Request, Script};
use crate::failure::{Failure, is_broken};
use crate::settings::Settings;

/// The way to the servers. Clones share the connections.
#[derive(Clone)]
pub(crate) struct Link {
    settings: Arc<Settings>,
    node: Arc<Node>,
}

/// A connection of its own, and what the server sends on it unasked, a
/// [`Disconnection`](redis::PushKind::Disconnection) at its end. It closes when it is dropped.
pub(crate) struct Pushes {
    pub(crate) connection: MultiplexedConnection,
    pub(crate) received: futures_channel::mpsc::UnboundedReceiver<PushInfo>,
}

impl Link {
    pub(crate) fn to(dial: Dial, settings: Settings) -> Self {
        let settings = Arc::new(settings);
        let node = Arc::new(Node::new(dial, settings.clone()));
        Link { settings, node }
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Whether names belong to slots, on different servers.
    pub(crate) fn has_slots(&self) -> bool {
        false
    }

    /// A request for whoever has the key.
    pub(crate) fn request(&self, _key: &[u8], command: Cmd) -> Request {
        Request::new(0, command)
    }

    /// A script over keys of one slot.
    pub(crate) fn script(
        &self,
        script: &'static Script,
        keys: &[&[u8]],
        arguments: &[&[u8]],
    ) -> Request {
        Request::of_script(0, script, keys, arguments)
    }

    /// The answer to one command.
    ///
    /// # Errors
    /// What went wrong, on the way or at the server.
    pub(crate) async fn run(
        &self,
        operation: &'static str,
        request: Request,
    ) -> Result<Value, Error> {
        let answers = self.run_many(operation, vec![request]).await;
        answers
            .into_iter()
            .next()
            .unwrap_or_else(|| Err(Error::unavailable(operation, "redis gave no answer")))
    }

    /// The answers to many requests in their order, each with its own end; one packet for each server.
    pub(crate) async fn run_many(
        &self,
        operation: &'static str,
        requests: Vec<Request>,
    ) -> Vec<Result<Value, Error>> {
        if requests.is_empty() {
            return Vec::new();
        }
        let all: Vec<&Request> = requests.iter().collect();
        let in_words = |answer: Answer| {
            answer.map_err(|error| Failure::new(self.node.name(), error).during(operation))
        };
        match self.send(&all).await {
            Ok(answers) => answers.into_iter().map(in_words).collect(),
            Err(failure) => all.iter().map(|_| Err(failure.during(operation))).collect(),
        }
    }

    /// A connection for messages, to the server that has this key.
    ///
    /// # Errors
    /// When the server cannot be reached.
    pub(crate) async fn pushes(
        &self,
        operation: &'static str,
        _key: &[u8],
    ) -> Result<Pushes, Error> {
        let (sender, received) = futures_channel::mpsc::unbounded();
        let send = move |push: PushInfo| sender.unbounded_send(push);
        let config = self.settings.config().set_push_sender(send);
        let connecting = self.node.dial().connect(&self.settings, &config).await;
        let connection = connecting.map_err(|error| self.node.failure(error).during(operation))?;
        Ok(Pushes { connection, received })
    }

    /// Once more when the connection broke: every request of ours may be done twice.
    async fn send(&self, requests: &[&Request]) -> Result<Vec<Answer>, Failure> {
        match self.node.send(requests, false).await {
            Err(failure) if is_broken(&failure.error) => self.node.send(requests, false).await,
            ended => ended,
        }
    }
}
