//! Last stage, a method in the `impl` of a trait, which takes no companions: all of it in one body.

use crate::expansion::Expansion;
use crate::expressions::located;
use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{FnArg, Pat};

/// The method with its cache inside. What it computes stands in a closure, so that an early `return`
/// and `?` end there.
pub(crate) fn method(expansion: &Expansion) -> TokenStream {
    let function = expansion.function;
    let private = &expansion.expressions.private;
    let (visibility, body, output) =
        (&function.visibility, &function.body, &function.signature.output);
    let attributes = &function.attributes;
    let mut signature = expansion.plain_signature(&function.signature.ident);
    if let (Some(FnArg::Receiver(plain)), Some(written)) =
        (signature.inputs.first_mut(), function.signature.receiver())
    {
        plain.mutability = written.mutability;
    }
    let typed = function.signature.inputs.iter().filter_map(|argument| match argument {
        FnArg::Typed(typed) => Some(typed),
        FnArg::Receiver(_) => None,
    });
    let patterns = typed.zip(expansion.names()).filter_map(|(typed, name)| {
        let attributes = &typed.attrs;
        match &*typed.pat {
            Pat::Ident(own) if own.mutability.is_none() && own.subpat.is_none() => None,
            pattern => Some(quote!(#(#attributes)* let #pattern = #name;)),
        }
    });
    let checks = expansion.checks();
    let built = expansion.built();
    let own = located(quote!(Self), expansion.place());
    let cache = quote_spanned! {Span::mixed_site()=>
        #private::Caches::of::<#own, _>(&__CACHES, || #built)
    };
    let sought = expansion.expressions.sought();
    let checked = expansion.expressions.checked(quote!((#cache, #sought)));
    let options = expansion.expressions.options();
    let finish = expansion.finish();
    quote_spanned! {Span::mixed_site()=>
        #(#attributes)*
        #visibility #signature {
            #checks
            static __CACHES: #private::Caches = #private::Caches::new();
            let (__cache, __sought) = #checked;
            match #private::enter(__cache, &__sought, || #options) {
                #private::Enter::Hit(__value) => #private::Fetched::hit(__value),
                #private::Enter::Lead(__flight) => {
                    let __result = (move || #output { #(#patterns)* #body })();
                    #finish
                }
            }
        }
    }
}
