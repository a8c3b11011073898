//! Second stage, arguments that cannot work together, or not with this function; they are left out.

use crate::faults::Faults;
use crate::home::Home;
use crate::parse::Settings;
use crate::types;
use syn::Signature;

pub(crate) fn leave_out(settings: &mut Settings, signature: &Signature, faults: &mut Faults) {
    let output = types::returned(&signature.output);
    let fails = output.is_some_and(|output| types::failure(output).is_some());
    let optional = output.is_some_and(|output| types::is_named(types::success(output), "Option"));
    let given = |word| settings.given(word).is_some();
    let (weigher, max_weight, errors) =
        (given("weigher"), given("max_weight"), given("cache_errors"));

    let contradictions = [
        ("weigher", !max_weight, "a weigher needs a limit: add `max_weight = 1_000_000`"),
        (
            "max_weight",
            !weigher,
            "a weight needs a weigher: add `weigher = |key, value| value.len() as u64`",
        ),
        (
            "negative_ttl",
            !optional,
            "`negative_ttl` is how long a `None` lives, and this function returns no `Option<…>`; remove it",
        ),
        (
            "negative_ttl",
            errors,
            "with `cache_errors` whole results are stored, no options; remove one of the two",
        ),
        (
            "stale_if_error",
            !fails,
            "`stale_if_error` is about errors, and this function returns no `Result<…>`; remove it",
        ),
        (
            "stale_if_error",
            errors,
            "with `cache_errors` an error takes the place of the value before it; remove one of the two",
        ),
        (
            "cache_errors",
            !fails,
            "`cache_errors` is about errors, and this function returns no `Result<…>`; remove it",
        ),
    ];
    take_out(settings, &contradictions, faults);
    let places = of_the_place(settings, signature.asyncness.is_some());
    take_out(settings, &places, faults);
}

/// What the function's cache cannot do.
fn of_the_place(settings: &Settings, asynchronous: bool) -> Vec<Contradiction> {
    let home = Home::of(settings);
    let given = |word| settings.given(word).is_some();
    let own = matches!(home, Home::Own);
    let shared = match home {
        Home::Own => None,
        Home::Given(_) => Some(OF_A_GIVEN_CACHE),
        Home::Named(_) => given("key").then_some(OF_A_NAMED_CACHE),
    };
    let mut all = Vec::new();
    if let Some(fault) = shared {
        all.extend(OF_THE_CACHE.iter().map(|word| (*word, true, fault)));
    }
    if let (Home::Named(_), true) = (&home, given("key")) {
        all.extend(["id", "version"].map(|word| (word, true, KEYED)));
    }
    if let Home::Given(_) = &home {
        all.extend(["id", "version"].map(|word| (word, true, NAMED_BY_ITSELF)));
    }
    all.push(("tier", own, "all values of this function lie in memory; a tier needs a cache with a storage: add `cache = \"users\"`"));
    if !asynchronous {
        all.extend(["id", "version"].map(|word| (word, own, UNNAMED)));
        all.push(("runtime", true, "a synchronous function has nothing for a runtime to do; make it `async`, or remove this"));
        all.push(("refresh_after", true, "a synchronous function renews nothing in the background; make it `async`, or use `stale_while_revalidate`, with which one caller renews"));
        all.push(("soft_timeout", true, "a synchronous function fetches nothing in the background; make it `async`, or use `stale_while_revalidate`, with which one caller renews"));
        all.push(("load_timeout", !own && shared.is_none(), OF_A_NAMED_CACHE));
    }
    if asynchronous && own {
        all.push((
            "load_timeout",
            !given("runtime"),
            "an asynchronous function needs a runtime that measures the time: add `runtime = …`",
        ));
        all.push((
            "soft_timeout",
            !given("runtime"),
            "an asynchronous function needs a runtime that measures the time: add `runtime = …`",
        ));
        all.push(("soft_timeout", !given("stale_if_error"), "`soft_timeout` needs an older value, which stays for that: add `stale_if_error = \"1h\"`"));
        all.push(("refresh_after", !given("runtime"), "an asynchronous function needs a runtime that renews in the background: add `runtime = …`"));
        all.push((
            "refresh_after",
            !given("ttl"),
            "`refresh_after` is a part of the `ttl`: add `ttl = \"5m\"`",
        ));
    }
    all
}

/// An argument, whether it cannot stay, and why not.
type Contradiction = (&'static str, bool, &'static str);

fn take_out(settings: &mut Settings, all: &[Contradiction], faults: &mut Faults) {
    for (word, _, fault) in all.iter().filter(|(_, contradicts, _)| *contradicts) {
        if let Some(written) = settings.take(word) {
            faults.at(written.name, fault);
        }
    }
}

/// The arguments that are no matter of one entry.
const OF_THE_CACHE: [&str; 10] = [
    "max_entries",
    "max_weight",
    "weigher",
    "policy",
    "jitter",
    "negative_ttl",
    "load_timeout",
    "soft_timeout",
    "refresh_after",
    "runtime",
];

const OF_A_GIVEN_CACHE: &str =
    "this is a matter of the cache that is given; set it where that is built";
const OF_A_NAMED_CACHE: &str = "this is a matter of the named cache, whose memory other functions may share; set it where that is registered";
const KEYED: &str = "with a `key` of its own a function shares the entries of the named cache, so it has no name in them; put it into the key";
const NAMED_BY_ITSELF: &str =
    "the cache that is given has its own name; set it where that is built";
const UNNAMED: &str =
    "this function has a memory of its own, in which nothing else could meet its values; remove it";
