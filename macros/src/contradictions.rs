//! Second stage, arguments that cannot work together, or not with this function.

use crate::faults::Faults;
use crate::parse::Settings;
use crate::types;
use syn::Signature;

pub(crate) fn check(settings: &Settings, signature: &Signature, faults: &mut Faults) {
    let output = types::returned(&signature.output);
    let fails = output.is_some_and(|output| types::failure(output).is_some());
    let optional = output.is_some_and(|output| types::is_named(types::success(output), "Option"));
    let given = |word| settings.given(word);

    for (word, other, fault) in [
        ("weigher", "max_weight", "a weigher needs a limit: add `max_weight = 1_000_000`"),
        (
            "max_weight",
            "weigher",
            "a weight needs a weigher: add `weigher = |key, value| value.len() as u64`",
        ),
    ] {
        if let (Some(name), None) = (given(word), given(other)) {
            faults.at(name, fault);
        }
    }
    if let (Some(name), false) = (given("negative_ttl"), optional) {
        faults.at(
            name,
            "`negative_ttl` is how long a `None` lives, and this function returns no `Option<…>`; remove it",
        );
    }
    if let (Some(name), true, true) =
        (given("negative_ttl"), optional, given("cache_errors").is_some())
    {
        faults.at(
            name,
            "with `cache_errors` whole results are stored, no options; remove one of the two",
        );
    }
    for word in ["cache_errors", "stale_if_error"] {
        if let (Some(name), false) = (given(word), fails) {
            faults.at(
                name,
                format!(
                    "`{word}` is about errors, and this function returns no `Result<…>`; remove it"
                ),
            );
        }
    }
}
