//! Second stage, arguments that cannot work together, or not with this function; they are left out.

use crate::faults::Faults;
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
    for (word, contradicts, fault) in contradictions {
        if !contradicts {
            continue;
        }
        if let Some(written) = settings.take(word) {
            faults.at(written.name, fault);
        }
    }
}
