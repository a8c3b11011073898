//! What stands in the program when there are faults: so much of it that one mistake is one error.

use crate::expand;
use crate::faults::Faults;
use crate::parse::Function;
use crate::validate::Plan;
use proc_macro2::TokenStream;
use quote::ToTokens;

/// The attribute is faulty, the function is not: all companions exist, with defaults for what is
/// wrong, so that their uses are not faults too.
pub(crate) fn with_companions(plan: &Plan, function: &Function, faults: Faults) -> TokenStream {
    let mut tokens = expand::expand(plan, function);
    tokens.extend(faults.into_tokens());
    tokens
}

/// It cannot be cached, or is no function at all: it stands as it was written.
pub(crate) fn unchanged(item: &impl ToTokens, faults: Faults) -> TokenStream {
    let mut tokens = item.to_token_stream();
    tokens.extend(faults.into_tokens());
    tokens
}
