//! The connections on which servers tell what changes, and what comes from them.

use std::collections::BTreeSet;
use std::sync::Arc;

use cachefn_core::{BoxFuture, Error, Notice};
use futures_channel::mpsc::UnboundedReceiver;
use futures_util::StreamExt;
use futures_util::future::{Either, FutureExt, select, try_join_all};
use futures_util::stream::{SelectAll, select_all};
use redis::aio::MultiplexedConnection;
use redis::{PushInfo, PushKind, Value, cmd};

use super::judging::Judge;
use crate::bus::{Channel, Echo, Hearers, Source, Subscribed, draw};
use crate::connection::{Node, Pushes};

/// Servers that tell of every change under a prefix, and a channel for what leaves no trace in them.
pub(super) struct Watch {
    pub(super) channel: Channel,
    pub(super) judge: Arc<Judge>,
}

/// Connections to all servers that may tell.
pub(super) struct Watched {
    masters: Vec<Arc<Node>>,
    connections: Vec<MultiplexedConnection>,
    received: SelectAll<UnboundedReceiver<PushInfo>>,
    echo: Echo,
}

impl Watch {
    async fn begin(&self) -> Result<Watched, Error> {
        let link = &self.channel.link;
        let masters = link.masters_anew("subscribe").await?;
        let opening = masters.iter().map(|master| link.pushes_of("subscribe", master));
        let mut all = try_join_all(opening).await?;
        // Another one each time: what is published is heard everywhere.
        let first = all.swap_remove(draw() as usize % all.len().max(1));
        let Subscribed { pushes, echo } = self.channel.subscribe_on(first).await?;
        all.insert(0, pushes);
        for Pushes { connection, .. } in &mut all {
            let mut track = cmd("CLIENT");
            track.arg(&["TRACKING", "ON", "BCAST", "PREFIX"]).arg(self.prefix());
            self.channel.within_timeout(track.query_async::<()>(connection)).await?;
        }
        let (connections, received): (Vec<_>, Vec<_>) =
            all.into_iter().map(|pushes| (pushes.connection, pushes.received)).unzip();
        Ok(Watched { masters, connections, received: select_all(received), echo })
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
                    0..MOST_KEYS => received.next().now_or_never().flatten(),
                    _ => None,
                };
            }
            let tell = |message| hearers.tell(&Notice::Message(message));
            self.judge.judge(keys.into_iter().collect(), tell).await;
        }
        ended()
    }

    /// Asks again and again whether all servers that may tell are there; ends when they are not.
    async fn check(&self, watched: &Checked<'_>, hearers: &Hearers) -> Error {
        loop {
            self.channel.runtime.sleep(self.channel.check_every).await;
            if let Err(error) = self.check_once(watched, hearers).await {
                return error;
            }
        }
    }

    async fn check_once(&self, watched: &Checked<'_>, hearers: &Hearers) -> Result<(), Error> {
        let Some((first, others)) = watched.connections.split_first() else { return Err(ended()) };
        self.channel.check_once(first, watched.echo, hearers).await?;
        try_join_all(others.iter().map(|connection| self.channel.ping(connection))).await?;
        let masters = self.channel.link.masters_anew("subscribe").await?;
        let is_same = masters.len() == watched.masters.len()
            && masters.iter().zip(watched.masters).all(|(now, then)| Arc::ptr_eq(now, then));
        if is_same {
            Ok(())
        } else {
            Err(Error::unavailable("subscribe", "there are other masters"))
        }
    }
}

/// What is looked at while messages arrive.
struct Checked<'w> {
    masters: &'w [Arc<Node>],
    connections: &'w [MultiplexedConnection],
    echo: &'w Echo,
}

impl Source for Watch {
    type Session = Watched;

    fn open(&self) -> BoxFuture<'_, Result<Watched, Error>> {
        Box::pin(self.begin())
    }

    fn hear<'s>(&'s self, session: &'s mut Watched, hearers: &'s Hearers) -> BoxFuture<'s, Error> {
        let Watched { masters, connections, received, echo } = session;
        Box::pin(async move {
            let hearing = Box::pin(self.obey_all(received, echo, hearers));
            let checked = Checked { masters, connections, echo };
            match select(hearing, Box::pin(self.check(&checked, hearers))).await {
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
