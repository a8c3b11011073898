//! The `#[cachefn]` attribute. Users get it from `cachefn-core`, which has what it expands to.
//!
//! A pipeline, one file per stage: `parse` → `validate` (with `signature` and `template`) → `expand`,
//! or `fallback` when there are faults.

mod alone;
mod asking;
mod attributes;
mod background;
mod caching;
mod companions;
mod contradictions;
mod expand;
mod expansion;
mod expressions;
mod failing;
mod fallback;
mod faults;
mod generics;
mod home;
mod inputs;
mod keys;
mod mentions;
mod parse;
mod place;
mod settings;
mod signature;
mod template;
mod types;
mod validate;
mod values;
mod warming;
mod words;

use faults::Faults;
use proc_macro2::TokenStream;
use syn::{Path, parse_quote};

#[doc = include_str!("attribute.md")]
#[proc_macro_attribute]
pub fn cachefn(
    arguments: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    pipeline(arguments.into(), item.into(), parse_quote!(::cachefn_core)).into()
}

/// The attribute that `cachefn` hands on as `cachefn`: what it expands to is found in `::cachefn`, so that a
/// program needs no other crate. Its arguments are those of [`macro@cachefn`].
#[proc_macro_attribute]
pub fn cachefn_of_cachefn(
    arguments: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    pipeline(arguments.into(), item.into(), parse_quote!(::cachefn)).into()
}

/// What the attribute makes of the function; the crate it needs is at `home` unless the arguments say otherwise.
fn pipeline(arguments: TokenStream, item: TokenStream, home: Path) -> TokenStream {
    let mut faults = Faults::default();
    let settings = parse::settings(arguments, &mut faults);
    let Some(function) = parse::function(item.clone(), &mut faults) else {
        return fallback::unchanged(&item, faults);
    };
    match validate::plan(settings, home, &function, &mut faults) {
        Some(plan) if faults.is_empty() => expand::expand(&plan, &function),
        Some(plan) => fallback::with_companions(&plan, &function, faults),
        None => fallback::unchanged(&function, faults),
    }
}

#[cfg(test)]
mod tests;
