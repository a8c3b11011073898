//! The links of all services, opened beside each other: servers that do not answer cost the time of one.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;

use cachefn_core::{BoxFuture, Error};
use cachefn_tokio::TokioRuntime;

use super::link::Link;
use super::servers::Terms;
use crate::config::{Config, Service};

/// What came of opening each.
pub(super) struct Links(Vec<(Terms, Result<Arc<Link>, Error>)>);

impl Links {
    /// Opens one link for all services with the same terms.
    pub(super) async fn open(config: &Config, runtime: &TokioRuntime) -> Self {
        let mut terms: Vec<Terms> = Vec::new();
        let mut opening = Vec::new();
        for service in config.services.values() {
            let Some(l2) = &service.l2 else { continue };
            let own = Link::terms(service, l2);
            if !terms.contains(&own) {
                let open: BoxFuture<'_, _> =
                    Box::pin(Link::open(own.clone(), &config.global, runtime));
                opening.push(open);
                terms.push(own);
            }
        }
        Links(terms.into_iter().zip(all(opening).await).collect())
    }

    /// That of a service; none where it has memory only.
    ///
    /// # Errors
    /// Why it could not be opened.
    pub(super) fn of(&self, service: &Service) -> Result<Option<Arc<Link>>, Error> {
        let Some(l2) = &service.l2 else { return Ok(None) };
        let own = Link::terms(service, l2);
        match self.0.iter().find(|(terms, _)| *terms == own) {
            Some((_, link)) => link.clone().map(Some),
            None => Err(Error::config("open", "the service has another storage than before")),
        }
    }

    /// Those that are open.
    pub(super) fn opened(self) -> impl Iterator<Item = Arc<Link>> {
        self.0.into_iter().filter_map(|(_, link)| link.ok())
    }
}

/// What each of the futures brings, when the last one has.
async fn all<T>(mut futures: Vec<BoxFuture<'_, T>>) -> Vec<T> {
    let mut ends: Vec<Option<T>> = futures.iter().map(|_| None).collect();
    poll_fn(|context| {
        for (future, end) in futures.iter_mut().zip(&mut ends).filter(|(_, end)| end.is_none()) {
            if let Poll::Ready(output) = future.as_mut().poll(context) {
                *end = Some(output);
            }
        }
        if ends.iter().all(Option::is_some) { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    ends.into_iter().flatten().collect()
}
