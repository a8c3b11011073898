//! Many requests on their way to one server: it works on the first while the last are still made.

use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;

use redis::{Pipeline, RedisResult, Value};

use super::node::{Live, MOST_BYTES, NO_SCRIPT, Node};
use super::request::{Kind, Request};
use super::routing::{End, ends, is_late, one};
use crate::failure::Failure;

/// The ends of all requests, in their order, which is the order in which they are sent. They are made one
/// packet after the other, each when the one before it is under way.
pub(super) async fn all(node: &Arc<Node>, mut requests: impl Iterator<Item = Request>) -> Vec<End> {
    let mut next = Packet::of(&mut requests);
    if next.is_none() {
        return Vec::new();
    }
    let mut stream = Stream::to(node).await;
    while let Some(packet) = next {
        stream.send(packet).await;
        next = Packet::of(&mut requests);
    }
    while stream.land().await {}
    stream.again().await;
    stream.ends
}

struct Stream<'n> {
    node: &'n Arc<Node>,
    /// One for all of them, which keeps their order; or why nothing more is sent.
    live: Result<Live, Failure>,
    flying: VecDeque<Flight>,
    /// Of packets that nobody has answered.
    bytes: usize,
    landed: Vec<Packet>,
    ends: Vec<End>,
}

type Flight = Pin<Box<dyn Future<Output = (Packet, RedisResult<Vec<Value>>)> + Send>>;

impl<'n> Stream<'n> {
    async fn to(node: &'n Arc<Node>) -> Self {
        let live = node.connection().await.map_err(|error| node.failure(error));
        let (flying, landed) = (VecDeque::new(), Vec::new());
        Stream { node, live, flying, bytes: 0, landed, ends: Vec::new() }
    }

    async fn send(&mut self, packet: Packet) {
        while self.bytes + packet.bytes > MOST_BYTES && self.land().await {}
        // The ends keep the order of the requests.
        while self.live.is_err() && self.land().await {}
        let live = match &mut self.live {
            Ok(live) => live,
            Err(failure) => return fail(packet, failure, &mut self.ends, &mut self.landed),
        };
        let is_last = !packet.is_full();
        if is_last && self.flying.is_empty() {
            let (pipeline, count) = (&packet.pipeline, packet.kinds.len());
            let values = live.connection.send_packed_commands(pipeline, 0, count).await;
            return self.settle(packet, values);
        }
        let mut connection = live.connection.clone();
        self.bytes += packet.bytes;
        let mut flight: Flight = Box::pin(async move {
            let (pipeline, count) = (&packet.pipeline, packet.kinds.len());
            let values = connection.send_packed_commands(pipeline, 0, count).await;
            (packet, values)
        });
        // It is on its way before another one is awaited; and what sends it gets its turn before the next
        // is made.
        let mut has_begun = false;
        let begun = poll_fn(|context| {
            if std::mem::replace(&mut has_begun, true) {
                return Poll::Ready(None);
            }
            match flight.as_mut().poll(context) {
                Poll::Ready(landed) => Poll::Ready(Some(landed)),
                Poll::Pending if is_last => Poll::Ready(None),
                Poll::Pending => {
                    context.waker().wake_by_ref();
                    Poll::Pending
                }
            }
        });
        if let Some(landed) = begun.await {
            flight = Box::pin(std::future::ready(landed));
        }
        self.flying.push_back(flight);
    }

    /// Awaits the answers to the packet that was sent first; whether there was one.
    async fn land(&mut self) -> bool {
        let Some(flight) = self.flying.pop_front() else { return false };
        let (packet, values) = flight.await;
        self.bytes -= packet.bytes;
        self.settle(packet, values);
        true
    }

    fn settle(&mut self, packet: Packet, values: RedisResult<Vec<Value>>) {
        let answers = values.map(|values| values.into_iter().map(Value::extract_error).collect());
        if let Ok(live) = &self.live {
            self.node.heed(live, &answers);
        }
        match answers {
            Ok(answers) => {
                let end =
                    |answer: RedisResult<Value>| answer.map_err(|error| self.node.failure(error));
                self.ends.extend(answers.into_iter().map(end));
                self.landed.push(packet);
            }
            Err(error) => {
                let failure = self.node.failure(error);
                fail(packet, &failure, &mut self.ends, &mut self.landed);
                // Nobody waits for the same once more.
                self.live = Err(failure);
            }
        }
    }

    /// Sends once more what may have been lost on the way, and in full the scripts that are not known there.
    async fn again(&mut self) {
        let (mut at, mut places, mut requests, mut has_scripts) = (0, vec![], vec![], false);
        for packet in &self.landed {
            for (kind, command) in packet.kinds.iter().zip(packet.pipeline.cmd_iter()) {
                if let Err(failure) = &self.ends[at] {
                    let request = || kind.request(command.clone());
                    let is_unknown = failure.error.kind() == NO_SCRIPT;
                    let full = if is_unknown { request().in_full() } else { None };
                    has_scripts |= full.is_some();
                    let late = || is_late(&self.ends[at], kind.is_once).then(request);
                    if let Some(request) = full.or_else(late) {
                        places.push(at);
                        requests.push(request);
                    }
                }
                at += 1;
            }
        }
        if requests.is_empty() {
            return;
        }
        let requests: Vec<&Request> = requests.iter().collect();
        let again = match has_scripts {
            true => one(self.node, &requests).await,
            false => ends(self.node, &requests, false).await,
        };
        for (at, end) in places.into_iter().zip(again) {
            self.ends[at] = end;
        }
    }
}

fn fail(packet: Packet, failure: &Failure, ends: &mut Vec<End>, landed: &mut Vec<Packet>) {
    ends.extend(packet.kinds.iter().map(|_| Err(failure.clone())));
    landed.push(packet);
}

/// Requests that are sent together.
struct Packet {
    pipeline: Pipeline,
    /// What is to be known of each besides its command.
    kinds: Vec<Kind>,
    bytes: usize,
}

impl Packet {
    /// The next requests; none at their end.
    fn of(requests: &mut impl Iterator<Item = Request>) -> Option<Self> {
        let first = requests.next()?;
        let room = requests.size_hint().0.saturating_add(1).min(PACKET);
        let (pipeline, kinds) = (Pipeline::with_capacity(room), Vec::with_capacity(room));
        let mut packet = Packet { pipeline, kinds, bytes: 0 };
        packet.add(first);
        while !packet.is_full() {
            let Some(request) = requests.next() else { break };
            packet.add(request);
        }
        Some(packet)
    }

    fn add(&mut self, request: Request) {
        self.bytes += request.length();
        let (kind, command) = request.into_parts();
        self.kinds.push(kind);
        self.pipeline.add_command(command);
    }

    fn is_full(&self) -> bool {
        self.kinds.len() >= PACKET || self.bytes >= PACKET_BYTES
    }
}

/// So many requests are sent at once at most: the fewer, the sooner the server begins.
const PACKET: usize = 128;
const PACKET_BYTES: usize = 128 << 10;
