//! The connections to one server: made when they are needed, by one caller at a time, and shared by all.

use std::sync::atomic::{AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use redis::aio::MultiplexedConnection;
use redis::{ErrorKind, Pipeline, RedisError, RedisResult, Value, cmd};

use super::dial::Dial;
use super::outage::Outage;
use super::request::Request;
use crate::executor;
use crate::failure::{Failure, is_broken, timed_out, without_executor};
use crate::settings::Settings;

/// What a server answers to one request.
pub(super) type Answer = Result<Value, RedisError>;

/// One server and the connections to it.
pub(crate) struct Node {
    dial: Dial,
    settings: Arc<Settings>,
    /// As many as the budget allows.
    lanes: Mutex<Vec<Option<Live>>>,
    turn: AtomicUsize,
    /// Whoever holds it connects.
    attempt: async_lock::Mutex<()>,
    outage: Mutex<Outage>,
}

/// A connection that was there when it was last used.
#[derive(Clone)]
pub(super) struct Live {
    pub(super) connection: MultiplexedConnection,
    /// No two connections of the process have the same.
    number: u64,
    /// How many requests in a row had no answer in time.
    unanswered: Arc<AtomicU32>,
}

impl Node {
    pub(super) fn new(dial: Dial, settings: Arc<Settings>) -> Self {
        let lanes = Mutex::new(vec![None; settings.connections]);
        let (turn, attempt) = (AtomicUsize::new(0), async_lock::Mutex::new(()));
        Node { dial, settings, lanes, turn, attempt, outage: Mutex::default() }
    }

    /// How it is called in errors.
    pub(crate) fn name(&self) -> String {
        self.dial.name()
    }

    pub(super) fn dial(&self) -> &Dial {
        &self.dial
    }

    /// Another number after each connection that was lost: who walks over the server's names must begin
    /// anew then, because it may be another server.
    pub(super) async fn epoch(&self) -> Result<u64, Failure> {
        let live = self.connection().await.map_err(|error| self.failure(error))?;
        let lanes = locked(&self.lanes);
        Ok(lanes.iter().flatten().map(|live| live.number).max().unwrap_or(live.number))
    }

    /// The answers, in order. All requests may have been done, or none, when it fails.
    pub(super) async fn send(
        &self,
        requests: &[&Request],
        is_asking: bool,
    ) -> Result<Vec<Answer>, Failure> {
        let mut answers = Vec::with_capacity(requests.len());
        for part in parts(requests) {
            answers.extend(self.send_part(part, is_asking).await?);
        }
        let unknown: Vec<(usize, Request)> = answers
            .iter()
            .enumerate()
            .filter(|(_, answer)| matches!(answer, Err(error) if error.kind() == NO_SCRIPT))
            .filter_map(|(at, _)| Some((at, requests[at].in_full()?)))
            .collect();
        if !unknown.is_empty() {
            let again: Vec<&Request> = unknown.iter().map(|(_, request)| request).collect();
            let mut late = Vec::with_capacity(again.len());
            for part in parts(&again) {
                late.extend(self.send_part(part, is_asking).await?);
            }
            for ((at, _), answer) in unknown.iter().zip(late) {
                answers[*at] = answer;
            }
        }
        Ok(answers)
    }

    async fn send_part(
        &self,
        requests: &[&Request],
        is_asking: bool,
    ) -> Result<Vec<Answer>, Failure> {
        let live = self.connection().await.map_err(|error| self.failure(error))?;
        let answers = ask(live.connection.clone(), requests, is_asking).await;
        self.heed(&live, &answers);
        answers.map_err(|error| self.failure(error))
    }

    /// Draws conclusions about the connection.
    pub(super) fn heed(&self, live: &Live, answers: &RedisResult<Vec<Answer>>) {
        let is_lost = match answers {
            Ok(answers) => {
                live.unanswered.store(0, Ordering::Relaxed);
                answers.iter().any(|answer| matches!(answer, Err(error) if is_broken(error)))
            }
            Err(error) if error.is_timeout() => {
                live.unanswered.fetch_add(1, Ordering::Relaxed) + 1 >= MOST_UNANSWERED
            }
            Err(error) => is_broken(error),
        };
        if is_lost {
            let mut lanes = locked(&self.lanes);
            for lane in lanes.iter_mut() {
                if lane.as_ref().is_some_and(|there| there.number == live.number) {
                    *lane = None;
                }
            }
        }
    }

    /// A connection, made now if there is none.
    pub(super) async fn connection(&self) -> RedisResult<Live> {
        if !executor::is_there() {
            return Err(without_executor());
        }
        let lane = {
            let lanes = locked(&self.lanes);
            let lane = self.turn.fetch_add(1, Ordering::Relaxed) % lanes.len().max(1);
            if let Some(Some(live)) = lanes.get(lane) {
                return Ok(live.clone());
            }
            lane
        };
        let known = {
            let outage = locked(&self.outage);
            match outage.refusal(Instant::now()) {
                Some(error) => return Err(error),
                None => outage.error(),
            }
        };
        let _turn = match known {
            // It was there until now and is likely to be there again at once.
            None => {
                let waiting = self.attempt.lock();
                executor::at_most(self.settings.timeout, waiting).await.ok_or_else(timed_out)?
            }
            // Somebody tries already: nobody else has to wait for that.
            Some(error) => self.attempt.try_lock().ok_or(error)?,
        };
        if let Some(Some(live)) = locked(&self.lanes).get(lane) {
            return Ok(live.clone());
        }
        if let Some(error) = locked(&self.outage).refusal(Instant::now()) {
            return Err(error);
        }
        match self.dial.connect(&self.settings, &self.settings.config()).await {
            Ok(connection) => {
                let number = NUMBERS.fetch_add(1, Ordering::Relaxed);
                let live = Live { connection, number, unanswered: Arc::default() };
                if let Some(place) = locked(&self.lanes).get_mut(lane) {
                    *place = Some(live.clone());
                }
                locked(&self.outage).ended();
                Ok(live)
            }
            Err(error) => {
                locked(&self.outage).failed(Instant::now(), error.clone());
                Err(error)
            }
        }
    }

    pub(super) fn failure(&self, error: RedisError) -> Failure {
        Failure::new(self.name(), error)
    }
}

/// Sends requests in one packet and awaits all answers.
async fn ask(
    mut connection: MultiplexedConnection,
    requests: &[&Request],
    is_asking: bool,
) -> RedisResult<Vec<Answer>> {
    if let ([request], false) = (requests, is_asking) {
        return match connection.send_packed_command(&request.command).await {
            Ok(value) => Ok(vec![value.extract_error()]),
            Err(error) if is_answer(&error) => Ok(vec![Err(error)]),
            Err(error) => Err(error),
        };
    }
    let mut pipeline = Pipeline::with_capacity(requests.len());
    for request in requests {
        if is_asking {
            pipeline.add_command(cmd("ASKING"));
        }
        pipeline.add_command(request.command.clone());
    }
    let values = connection.send_packed_commands(&pipeline, 0, pipeline.len()).await?;
    let every = if is_asking { 2 } else { 1 };
    Ok(values.into_iter().skip(every - 1).step_by(every).map(Value::extract_error).collect())
}

/// Whether the server said it, not the way to it.
fn is_answer(error: &RedisError) -> bool {
    matches!(error.kind(), ErrorKind::Server(_) | ErrorKind::Extension)
}

/// Requests in parts that fit a packet.
fn parts<'r, 'a>(requests: &'r [&'a Request]) -> Vec<&'r [&'a Request]> {
    let mut parts = Vec::new();
    let (mut begin, mut bytes) = (0, 0);
    for (at, request) in requests.iter().enumerate() {
        let length = request.length();
        if at > begin && (at - begin == MOST_REQUESTS || bytes + length > MOST_BYTES) {
            parts.push(&requests[begin..at]);
            (begin, bytes) = (at, 0);
        }
        bytes += length;
    }
    if begin < requests.len() {
        parts.push(&requests[begin..]);
    }
    parts
}

/// Nothing panics while it is held.
pub(super) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// After so many requests without an answer the connection is taken for dead.
const MOST_UNANSWERED: u32 = 3;
const MOST_REQUESTS: usize = 1_000;
pub(super) const MOST_BYTES: usize = 4 << 20;
pub(super) const NO_SCRIPT: ErrorKind = ErrorKind::Server(redis::ServerErrorKind::NoScript);
static NUMBERS: AtomicU64 = AtomicU64::new(1);
