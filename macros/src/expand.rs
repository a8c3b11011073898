//! Last stage: the plan into items. Look-ups stay in the function, the body moves to its companion.

use crate::alone;
use crate::companions;
use crate::expansion::Expansion;
use crate::parse::Function;
use crate::place::Place;
use crate::validate::Plan;
use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;

/// The function and its companions, or the function alone where they cannot stand.
pub(crate) fn expand(plan: &Plan, function: &Function) -> TokenStream {
    let expansion = Expansion::of(plan, function);
    if plan.place == Place::Trait {
        return alone::method(&expansion);
    }
    let mut items = self::function(&expansion);
    items.extend(companions::companions(&expansion));
    items
}

/// What callers see: a look-up, and the body only when that finds nothing.
fn function(expansion: &Expansion) -> TokenStream {
    let visibility = &expansion.function.visibility;
    let attributes = &expansion.attributes.function;
    let signature = expansion.plain_signature(&expansion.function.signature.ident);
    let look_up = expansion.look_up();
    let asked = expansion.asked(&expansion.run());
    quote_spanned! {Span::mixed_site()=>
        #(#attributes)*
        #visibility #signature {
            #look_up
            #asked
        }
    }
}
