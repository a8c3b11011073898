//! The connections on which servers tell what changes, and what comes from them.

use std::collections::BTreeSet;
use std::sync::Arc;

use cachefn_core::{BoxFuture, Error, Notice};
use futures_channel::mpsc::UnboundedReceiver;
use futures_util::StreamExt;
use futures_util::future::{Either, select};
use futures_util::stream::{SelectAll, select_all};
use redis::aio::MultiplexedConnection;
use redis::{PushInfo, PushKind, Value, cmd};

use super::judging::Judge;
use crate::bus::{Channel, Echo, Hearers, Source, Subscribed};
use crate::connection::Pushes;

/// Servers that tell of every change under a prefix, and a channel for what leaves no trace in them.
pub(super) struct Watch {
    pub(super) channel: Channel,
    pub(super) judge: Arc<Judge>,
}

/// Connections to all servers that may tell.
pub(super) struct Watched {
    connections: Vec<MultiplexedConnection>,
    received: SelectAll<UnboundedReceiver<PushInfo>>,
    echo: Echo,
}

impl Watch {
    async fn begin(&self) -> Result<Watched, Error> {
        let Subscribed { pushes, echo } = self.channel.subscribe().await?;
        let mut all = vec![pushes];
        for Pushes { connection, .. } in &mut all {
            let mut track = cmd("CLIENT");
            track.arg(&["TRACKING", "ON", "BCAST", "PREFIX"]).arg(self.prefix()).arg("NOLOOP");
            self.channel.within_timeout(track.query_async::<()>(connection)).await?;
        }
        let (connections, received): (Vec<_>, Vec<_>) =
            all.into_iter().map(|pushes| (pushes.connection, pushes.received)).unzip();
        Ok(Watched { connections, received: select_all(received), echo })
    }

    fn prefix(&self) -> String {
        format!("{}:", self.channel.link.settings().prefix)
    }

    /// Tells what arrives until a connection ends.
    async fn obey_all(
        &self,
        received: &mut SelectAll<UnboundedReceiver<PushInfo>>,
        echo: &Echo,
        hearers: &Hearers,
    ) -> Error {
        while let Some(first) = received.next().await {
            let mut keys = BTreeSet::new();
            let mut next = Some(first);
            while let Some(push) = next {
                match push.kind {
                    PushKind::Disconnection => return ended(),
                    PushKind::Invalidate if !add_keys(&push.data, &mut keys) => hearers.miss(),
                    PushKind::Invalidate => {}
                    _ => self.channel.obey(&push, echo, hearers),
                }
                // What waits already is judged together.
                next = match keys.len() {
                    0..MOST_KEYS => {
                        futures_util::FutureExt::now_or_never(received.next()).flatten()
                    }
                    _ => None,
                };
            }
            for message in self.judge.judge(keys.into_iter().collect()).await {
                hearers.tell(&Notice::Message(message));
            }
        }
        ended()
    }

    /// Asks all servers again and again whether they are there; ends when one is not.
    async fn check(&self, connections: &[MultiplexedConnection], echo: &Echo) -> Error {
        loop {
            self.channel.runtime.sleep(self.channel.check_every).await;
            if let Err(error) = self.check_once(connections, echo).await {
                return error;
            }
        }
    }

    async fn check_once(
        &self,
        connections: &[MultiplexedConnection],
        echo: &Echo,
    ) -> Result<(), Error> {
        let Some((first, others)) = connections.split_first() else { return Err(ended()) };
        self.channel.check_once(first, echo).await?;
        for connection in others {
            self.channel.ping(connection).await?;
        }
        Ok(())
    }
}

impl Source for Watch {
    type Session = Watched;

    fn open(&self) -> BoxFuture<'_, Result<Watched, Error>> {
        Box::pin(self.begin())
    }

    fn hear<'s>(&'s self, session: &'s mut Watched, hearers: &'s Hearers) -> BoxFuture<'s, Error> {
        let Watched { connections, received, echo } = session;
        Box::pin(async move {
            let hearing = Box::pin(self.obey_all(received, echo, hearers));
            match select(hearing, Box::pin(self.check(connections, echo))).await {
                Either::Left((error, _)) | Either::Right((error, _)) => error,
            }
        })
    }
}

/// The keys that a server says were changed; false when it says that all were.
fn add_keys(data: &[Value], keys: &mut BTreeSet<Vec<u8>>) -> bool {
    let [Value::Array(changed)] = data else { return false };
    for key in changed {
        let Value::BulkString(key) = key else { return false };
        keys.insert(key.clone());
    }
    true
}

fn ended() -> Error {
    Error::unavailable("subscribe", "a connection has ended")
}

/// More are not judged together.
const MOST_KEYS: usize = 1_000;
