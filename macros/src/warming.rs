//! Last stage, the companion that fills the cache before anybody asks.

use crate::asking::Way;
use crate::expansion::Expansion;
use crate::types;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Lifetime, Signature, parse_quote};

impl Expansion<'_> {
    /// Left out where each call would use up `self`.
    pub(crate) fn warm(&self) -> TokenStream {
        if self.plan.receiver.as_ref().is_some_and(|receiver| !receiver.borrowed) {
            return TokenStream::new();
        }
        let private = &self.expressions.private;
        let head = self.generated_head();
        let (signature, pattern) = self.warm_signature();
        let look_up = self.look_up();
        let run = self.flown(&self.run());
        let (failing, finish) = (self.failing(), self.finish());
        let succeeded = match (&self.plan.cache_errors, &self.plan.stored) {
            (None, stored) => {
                let result = quote_spanned!(Span::mixed_site()=> &__result);
                quote!(#private::Fetched::<#stored>::success(#result).is_some())
            }
            (Some(_), _) => {
                quote_spanned!(Span::mixed_site()=> ::core::result::Result::is_ok(&__result))
            }
        };
        let done = quote_spanned!(Span::mixed_site()=> { ::core::mem::drop(__result); false });
        let lead = quote_spanned! {Span::mixed_site()=> {
            let __result = #run;
            let __loaded = #succeeded;
            ::core::mem::drop({ #finish });
            __loaded
        }};
        let ask = self.ask(&done, &lead);
        let body = match self.way() {
            Way::Memory | Way::Blocking => quote_spanned! {Span::mixed_site()=>
                let mut __loaded = 0;
                for #pattern in arguments {
                    #look_up
                    #failing
                    __loaded += (#ask) as ::core::primitive::usize;
                }
                __loaded
            },
            Way::Task => quote_spanned! {Span::mixed_site()=>
                #private::warm(warming, arguments, |#pattern| async move {
                    #look_up
                    #failing
                    #ask
                })
                .await
            },
        };
        let about = match self.way() {
            Way::Memory | Way::Blocking => {
                "Fills the cache ahead: runs the function for all those arguments whose values are not \
                 there yet. Returns how many values were loaded; an error leaves its arguments out."
            }
            Way::Task => {
                "Fills the cache ahead: runs the function for all those arguments whose values are in no \
                 tier yet, so many at a time as `warming` says. Returns how many values were loaded; an \
                 error leaves its arguments out."
            }
        };
        quote_spanned! {Span::mixed_site()=>
            #[doc = #about]
            #head #signature {
                #body
            }
        }
    }

    /// The signature of `warm`, and the pattern of one call.
    fn warm_signature(&self) -> (Signature, TokenStream) {
        let lifetime = Lifetime::new("'arguments", Span::mixed_site());
        let mut borrows = false;
        let types: Vec<_> = self
            .plan
            .inputs
            .iter()
            .map(|input| {
                let mut ty = input.ty.clone();
                borrows |= types::name_lifetimes(&mut ty, &lifetime);
                ty
            })
            .collect();
        let names: Vec<_> = self.names().collect();
        let (item, pattern) = match (&types[..], &names[..]) {
            ([ty], [name]) => (ty.to_token_stream(), name.to_token_stream()),
            _ => (quote!((#(#types),*)), quote!((#(#names),*))),
        };
        let mut signature = self.plain_signature(&self.companion_name("warm"));
        // Where rustc proposes a lifetime parameter.
        let name = self.function.signature.ident.span();
        signature.ident.set_span(signature.ident.span().located_at(name));
        let receiver = signature.receiver().cloned();
        signature.inputs = receiver.into_iter().map(syn::FnArg::Receiver).collect();
        let place = Span::mixed_site();
        let arguments = Ident::new("arguments", place);
        signature.inputs.push(parse_quote! {
            #arguments: impl ::core::iter::IntoIterator<Item = #item>
        });
        if self.plan.asynchronous {
            let (krate, warming) = (&self.expressions.krate, Ident::new("warming", place));
            signature.inputs.push(parse_quote!(#warming: #krate::Warming<'_>));
        }
        signature.output = parse_quote!(-> ::core::primitive::usize);
        if borrows {
            signature.generics.params.insert(0, parse_quote!(#lifetime));
            signature.generics.lt_token.get_or_insert_default();
            signature.generics.gt_token.get_or_insert_default();
        }
        (signature, pattern)
    }
}
