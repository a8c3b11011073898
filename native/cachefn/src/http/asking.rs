//! A GET or HEAD: answered from what is kept, or by one fetch for all who ask alike.

use std::sync::{Arc, Mutex, PoisonError};

use cachefn_core::Runtime;
use http::Response;
use http::request::Parts;
use http_body::Body;

use super::answer::{from_stored, gateway_timeout};
use super::body::ResponseBody;
use super::fetching::{Answer, Fetching};
use super::freshness::{Verdict, judge};
use super::heading;
use super::inner::{Flown, Inner};
use super::kept::matching;
use super::origin::Previous;
use super::plan::About;
use super::report::Report;
use super::service::Origin;
use super::shelf::Found;
use super::stored::Stored;
use super::vary::matches;

/// Answers it.
pub(super) async fn ask<S, B>(
    cache: Arc<Inner>,
    service: S,
    about: Box<About>,
    request: (Parts, B),
) -> Answer<S, B>
where
    S: Origin<B>,
    B: Body + Default + Send + 'static,
{
    let found = Box::pin(cache.look(&about)).await;
    let verdict = found.response.as_deref().map(|stored| verdict(&cache, stored, &about));
    let about: Arc<About> = Arc::from(about);
    if let (Some(stored), Some(Verdict::Fresh | Verdict::Stale)) = (&found.response, verdict) {
        return Ok(hit(&cache, stored, &about, None));
    }
    let flight = flight_key(&found, &about, verdict);
    let mut duty = None;
    if let (Some(stored), Some(Verdict::Ask { meanwhile: true, .. })) = (&found.response, verdict) {
        let answer = hit(&cache, stored, &about, Some("stale-while-revalidate"));
        if about.asks.only_if_cached {
            // Whoever may ask has the duty.
            return Ok(answer);
        }
        duty = cache.refreshing.begin(&flight);
        match (&duty, &cache.runtime) {
            (None, _) => return Ok(answer),
            // Nobody else will: this one asks, and waits.
            (Some(_), None) => {}
            (Some(_), Some(runtime)) if !about.head => {
                let fetching = fetching(&cache, service, &about, &found, verdict);
                let fetch = together(fetching, request, flight);
                runtime.spawn(Box::pin(async move {
                    drop(fetch.await);
                    drop(duty);
                }));
                return Ok(answer);
            }
            // The origin says little of a body by an answer to HEAD.
            (Some(_), Some(_)) => return Ok(answer),
        }
    }
    if about.asks.only_if_cached {
        let mut response = gateway_timeout();
        let name = cache.settings.status.as_deref();
        let report = Report { detail: Some("only-if-cached"), ..Report::default() };
        report.tell(name, response.headers_mut());
        return Ok(response);
    }
    let why = why(&found, about.as_ref(), verdict);
    if about.head {
        let previous = previous(&found, verdict);
        return Box::pin(heading::head(&cache, service, &about, previous, request, why)).await;
    }
    let fetching = fetching(&cache, service, &about, &found, verdict);
    let answer = Box::pin(together(fetching, request, flight)).await;
    drop(duty);
    answer
}

/// One fetch for all who ask alike, unless its response turns out to be for one of them.
async fn together<S, B>(fetching: Fetching<S>, request: (Parts, B), flight: String) -> Answer<S, B>
where
    S: Origin<B>,
    B: Body + Default + Send + 'static,
{
    let (cache, about) = (fetching.cache.clone(), fetching.about.clone());
    if cache.unshared.get(&flight).is_some() {
        let (answer, flown) = Box::pin(fetching.run(request)).await;
        if !matches!(flown, Flown::Alone | Flown::Removed) {
            cache.unshared.delete(&flight);
        }
        return answer;
    }
    let joined = format!("{flight}\n#{}", fetching.epoch);
    let mut left = Some((fetching, request));
    for round in 0..ROUNDS {
        // Whoever's fetch is run finds its answer here; the others have their requests still.
        let mine = Arc::new(Mutex::new((left.take(), None)));
        let place = mine.clone();
        let fetch = move || async move {
            let taken = locked(&place).0.take();
            let Some((fetching, request)) = taken else { return Flown::Alone };
            let (answer, flown) = Box::pin(fetching.run(request)).await;
            locked(&place).1 = Some(answer);
            flown
        };
        let flown = Box::pin(cache.flights.get_or_fetch_shared(&joined, fetch)).await;
        let answer = {
            let mut mine = locked(&mine);
            left = mine.0.take();
            mine.1.take()
        };
        if let Some(answer) = answer {
            let in_vain = match &flown {
                Flown::Alone => true,
                Flown::Removed => round > 0,
                Flown::Kept(..) | Flown::Older => false,
            };
            if answer.is_ok() && in_vain {
                // Memory that is full forgets it, and somebody waits once more.
                let _ = cache.unshared.set(flight, ());
            }
            return answer;
        }
        let own = left.as_ref().and_then(|(fetching, _)| fetching.previous.as_ref());
        if let Some(stored) = shared(&cache, &about, own, &flown) {
            let mut response = from_stored(stored, &about, cache.now());
            let report = Report { collapsed: true, ..Report::forwarded("miss") };
            report.tell(cache.settings.status.as_deref(), response.headers_mut());
            return Ok(response);
        }
        if left.is_none() || !matches!(flown, Flown::Removed) {
            break;
        }
    }
    match left {
        Some((fetching, request)) => Box::pin(fetching.run(request)).await.0,
        // A flight that took the request has left an answer.
        None => Ok(gateway_timeout()),
    }
}

/// What a flight has for one who waited, and who found that itself, if it may have something.
fn shared<'f>(
    cache: &Inner,
    about: &About,
    own: Option<&'f Previous>,
    flown: &'f Flown,
) -> Option<&'f Stored> {
    match flown {
        Flown::Kept(stored, selecting) if matches(selecting, &about.headers) => {
            match verdict(cache, stored, about) {
                Verdict::Fresh | Verdict::Stale => Some(stored),
                Verdict::Ask { .. } => None,
            }
        }
        // What the other one found may be removed since.
        Flown::Older => own.filter(|own| own.on_error).map(|own| &*own.stored),
        Flown::Kept(..) | Flown::Removed | Flown::Alone => None,
    }
}

fn fetching<S>(
    cache: &Arc<Inner>,
    service: S,
    about: &Arc<About>,
    found: &Found,
    verdict: Option<Verdict>,
) -> Fetching<S> {
    let (previous, why) = (previous(found, verdict), why(found, about, verdict));
    let (cache, epoch) = (cache.clone(), found.epoch);
    Fetching { cache, service, about: about.clone(), previous, epoch, why }
}

fn previous(found: &Found, verdict: Option<Verdict>) -> Option<Previous> {
    let on_error = matches!(verdict, Some(Verdict::Ask { on_error: true, .. }));
    found.response.clone().map(|stored| Previous { stored, on_error })
}

fn hit<B: Body>(
    cache: &Inner,
    stored: &Stored,
    about: &About,
    detail: Option<&'static str>,
) -> Response<ResponseBody<B>> {
    let now = cache.now();
    let mut response = from_stored(stored, about, now);
    let left = stored.lifetime as i64 - i64::try_from(stored.age(now)).unwrap_or(i64::MAX);
    let report = Report { hit: Some(left), detail, ..Report::default() };
    report.tell(cache.settings.status.as_deref(), response.headers_mut());
    response
}

fn verdict(cache: &Inner, stored: &Stored, about: &About) -> Verdict {
    judge(stored, stored.age(cache.now()), &about.asks, &cache.settings.leeway)
}

fn why(found: &Found, about: &About, verdict: Option<Verdict>) -> &'static str {
    match (verdict, &found.variants) {
        (Some(Verdict::Ask { by_client: true, .. }), _) => "request",
        (Some(_), _) => "stale",
        (None, None) => "uri-miss",
        // What would have suited has been removed, or has left.
        (None, Some(all)) => match matching(all, &about.headers).len() {
            0 => "vary-miss",
            suiting if suiting == all.len() => "uri-miss",
            _ => "miss", // whether the others are there is not known
        },
    }
}

/// Who waits for whom: those who ask for one target, choose alike by the headers that are known to
/// choose, and want the same of the cache.
fn flight_key(found: &Found, about: &About, verdict: Option<Verdict>) -> String {
    let mut key = about.key.clone();
    let variants = found.variants.as_deref().map(Vec::as_slice).unwrap_or_default();
    let mut names: Vec<_> = variants
        .iter()
        .flat_map(|variant| variant.selecting.iter().map(|chosen| chosen.name.clone()))
        .collect();
    names.sort_by(|a, b| a.as_str().cmp(b.as_str()));
    names.dedup();
    for chosen in super::vary::selecting(&names, &about.headers) {
        key.push_str("\n?");
        key.push_str(chosen.name.as_str());
        if let Some(value) = chosen.value {
            key.push_str(": ");
            key.push_str(&value);
        }
    }
    if matches!(verdict, Some(Verdict::Ask { by_client: true, .. })) {
        key.push_str("\n!");
    }
    key
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How often one waits for others whose responses are removed while they are fetched.
const ROUNDS: usize = 2;
