//! Which server gets which request, and what is done when it was the wrong one or is away.

use std::sync::Arc;

use futures_util::future::join_all;
use redis::{ErrorKind, RedisError, ServerErrorKind, Value};

use super::cluster::{Cluster, without_owner};
use super::node::Node;
use super::request::Request;
use crate::failure::{Failure, is_broken};

/// The end of one request.
pub(super) type End = Result<Value, Failure>;

/// The servers of a link.
#[derive(Clone)]
pub(super) enum Route {
    One(Arc<Node>),
    Cluster(Arc<Cluster>),
}

impl Route {
    /// Sends all requests to where they belong; each has its own end.
    pub(super) async fn send(&self, requests: &[&Request]) -> Vec<End> {
        match self {
            Route::One(node) => one(node, requests).await,
            Route::Cluster(cluster) => many(cluster, requests).await,
        }
    }

    /// The masters, in an order that stays while they do.
    pub(super) async fn masters(&self) -> Result<Vec<Arc<Node>>, Failure> {
        match self {
            Route::One(node) => Ok(vec![node.clone()]),
            Route::Cluster(cluster) => cluster.map().await.map(|map| map.masters()),
        }
    }

    /// The masters as they are now, not as they were when somebody asked last.
    pub(super) async fn masters_anew(&self) -> Result<Vec<Arc<Node>>, Failure> {
        if let Route::Cluster(cluster) = self {
            let known = cluster.map().await?.number;
            cluster.refresh(known).await?;
        }
        self.masters().await
    }

    /// The server that has a slot.
    pub(super) async fn owner(&self, slot: u16) -> Result<Arc<Node>, Failure> {
        match self {
            Route::One(node) => Ok(node.clone()),
            Route::Cluster(cluster) => {
                cluster.map().await?.owner(slot).cloned().ok_or_else(without_owner)
            }
        }
    }
}

/// Once more where the connection broke or the server was demoted: all requests may be done twice.
pub(super) async fn one(node: &Arc<Node>, requests: &[&Request]) -> Vec<End> {
    let mut ends = ends(node, requests, false).await;
    let late: Vec<usize> =
        (0..ends.len()).filter(|at| is_late(&ends[*at], requests[*at].is_once)).collect();
    if !late.is_empty() {
        let again: Vec<&Request> = late.iter().map(|at| requests[*at]).collect();
        for (at, end) in late.into_iter().zip(self::ends(node, &again, false).await) {
            ends[at] = end;
        }
    }
    ends
}

pub(super) fn is_late(end: &End, is_once: bool) -> bool {
    !is_once && matches!(end, Err(failure) if is_broken(&failure.error))
}

pub(super) async fn ends(node: &Arc<Node>, requests: &[&Request], is_asking: bool) -> Vec<End> {
    match node.send(requests, is_asking).await {
        Ok(answers) => {
            let end =
                |answer: Result<Value, RedisError>| answer.map_err(|error| node.failure(error));
            answers.into_iter().map(end).collect()
        }
        Err(failure) => requests.iter().map(|_| Err(failure.clone())).collect(),
    }
}

/// Where a request goes next.
#[derive(Clone)]
enum Next {
    Owner,
    /// Another server said so, for good or for this once.
    Sent(Arc<Node>, bool),
}

async fn many(cluster: &Cluster, requests: &[&Request]) -> Vec<End> {
    let mut ends: Vec<End> = requests.iter().map(|_| Err(without_owner())).collect();
    let mut left: Vec<(usize, Next)> = (0..requests.len()).map(|at| (at, Next::Owner)).collect();
    let mut may_retry = true;
    for _ in 0..MOST_TURNS {
        let map = match cluster.map().await {
            Ok(map) => map,
            Err(failure) => {
                left.iter().for_each(|(at, _)| ends[*at] = Err(failure.clone()));
                return ends;
            }
        };
        let mut groups: Vec<Errand> = Vec::new();
        for (at, next) in std::mem::take(&mut left) {
            let (node, is_asking) = match next {
                Next::Sent(node, is_asking) => (node, is_asking),
                Next::Owner => match map.owner(requests[at].slot) {
                    Some(node) => (node.clone(), false),
                    None => continue,
                },
            };
            let same = |group: &&mut Errand| {
                Arc::ptr_eq(&group.node, &node) && group.is_asking == is_asking
            };
            match groups.iter_mut().find(same) {
                Some(group) => group.places.push(at),
                None => groups.push(Errand { node, is_asking, places: vec![at] }),
            }
        }
        let asked = groups.iter().map(|group| group.run(requests));
        let answered = join_all(asked).await;
        let mut is_outdated = false;
        for (group, answers) in groups.iter().zip(answered) {
            for (at, end) in group.places.iter().zip(answers) {
                match turn(cluster, &group.node, &end, requests[*at], may_retry) {
                    Turn::End => {}
                    Turn::Again(next, outdated) => {
                        left.push((*at, next));
                        is_outdated |= outdated;
                    }
                }
                is_outdated |= matches!(&end, Err(failure) if failure.error.is_timeout());
                ends[*at] = end;
            }
        }
        if is_outdated {
            // If nobody can be asked, the old map is as good as any.
            let _ = cluster.refresh(map.number).await;
        }
        if left.is_empty() {
            return ends;
        }
        // Redirections are followed, but a server that is away gets one more chance.
        may_retry &= left.iter().all(|(_, next)| matches!(next, Next::Sent(..)));
    }
    ends
}

/// Requests for one server.
struct Errand {
    node: Arc<Node>,
    is_asking: bool,
    places: Vec<usize>,
}

impl Errand {
    async fn run(&self, requests: &[&Request]) -> Vec<End> {
        let requests: Vec<&Request> = self.places.iter().map(|at| requests[*at]).collect();
        ends(&self.node, &requests, self.is_asking).await
    }
}

enum Turn {
    End,
    /// And whether the map is outdated.
    Again(Next, bool),
}

fn turn(
    cluster: &Cluster,
    node: &Arc<Node>,
    end: &End,
    request: &Request,
    may_retry: bool,
) -> Turn {
    use ServerErrorKind::{Ask, ClusterDown, Moved, TryAgain};
    let Err(failure) = end else { return Turn::End };
    match failure.error.kind() {
        ErrorKind::Server(kind @ (Moved | Ask)) => match cluster.redirected(node, &failure.error) {
            Some(other) => Turn::Again(Next::Sent(other, kind == Ask), kind == Moved),
            None => Turn::End,
        },
        ErrorKind::Server(TryAgain | ClusterDown) if may_retry => Turn::Again(Next::Owner, true),
        _ if may_retry && !request.is_once && is_broken(&failure.error) => {
            Turn::Again(Next::Owner, true)
        }
        _ => Turn::End,
    }
}

/// As often as a request may be sent on.
const MOST_TURNS: usize = 5;
