//! Last stage, a method in the `impl` of a trait, which takes no companions: all of it in one body.

use crate::asking::Way;
use crate::expansion::Expansion;
use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{FnArg, Pat, ReturnType};

/// The method with its cache inside. What it computes stands in a closure, so that an early `return`
/// and `?` end there.
pub(crate) fn method(expansion: &Expansion) -> TokenStream {
    let function = expansion.function;
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
    let returned = match output {
        ReturnType::Type(_, ty) => ty.to_token_stream(),
        ReturnType::Default => quote!(()),
    };
    let checks = expansion.checks();
    let look_up = expansion.look_up();
    let body = match expansion.way() {
        Way::Memory | Way::Blocking => quote_spanned! {Span::mixed_site()=>
            (move || #output { #(#patterns)* #body })()
        },
        // The return that never happens tells the block's type.
        Way::Task => quote_spanned! {Span::mixed_site()=> async move {
            if let ::core::option::Option::Some(__typed) = ::core::option::Option::None::<#returned> {
                return __typed;
            }
            #(#patterns)*
            #body
        }},
    };
    let asked = expansion.asked(&body);
    quote_spanned! {Span::mixed_site()=>
        #(#attributes)*
        #visibility #signature {
            #checks
            #look_up
            #asked
        }
    }
}
