//! Last stage, what stands beside the function: `cache`, `uncached`, `refresh`, `key` and `warm`.

use crate::expansion::{Expansion, typed};
use crate::expressions::{Expressions, located};
use crate::parse::Function;
use crate::place::Place;
use crate::types;
use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::{Lifetime, Safety, Signature, parse_quote};

/// All companions, in an enum of the function's name if they are to have a place of their own:
/// functions and types of one name do not meet.
pub(crate) fn companions(expansion: &Expansion) -> TokenStream {
    let mut items = expansion.cache();
    items.extend(expansion.uncached());
    items.extend(expansion.refresh());
    items.extend(expansion.key());
    items.extend(expansion.warm());
    if expansion.plan.place == Place::Impl {
        return items;
    }
    let Function { visibility, signature, .. } = expansion.function;
    let (companion, block) = (&expansion.attributes.companion, &expansion.attributes.block);
    let name = &signature.ident;
    let about = format!("The companions of the cached function `{}`.", name.unraw());
    // Shown at the function's name when that is taken.
    let place = Span::mixed_site().located_at(name.span());
    quote_spanned! {place=>
        #[doc = #about]
        #(#companion)*
        #[allow(non_camel_case_types, dead_code, missing_debug_implementations)]
        #visibility enum #name {}

        #(#block)*
        #[allow(dead_code)]
        impl #name { #items }
    }
}

impl Expansion<'_> {
    fn cache(&self) -> TokenStream {
        let Expressions { krate, private, .. } = &self.expressions;
        let key = self.expressions.key_type();
        let stored = &self.plan.stored;
        let checks = self.checks();
        let built = self.built();
        let head = self.head();
        let name = self.companion_name("cache");
        let about = format!("The cache that holds the values of `{}`.", self.own_name());
        let cache = quote!(#krate::MemoryCache<#key, #stored>);
        let body = match self.plan.place {
            Place::Module => quote_spanned! {Span::mixed_site()=>
                static __CACHE: #private::LazyLock<#cache> = #private::LazyLock::new(|| #built);
                &__CACHE
            },
            // Whether the `impl` is generic is not to be seen from here.
            Place::Impl | Place::Trait => {
                let own = located(quote!(Self), self.place());
                quote_spanned! {Span::mixed_site()=>
                    static __CACHES: #private::Caches = #private::Caches::new();
                    #private::Caches::of::<#own, _>(&__CACHES, || #built)
                }
            }
        };
        quote_spanned! {Span::mixed_site()=>
            #[doc = #about]
            #head fn #name() -> &'static #cache {
                #checks
                #body
            }
        }
    }

    fn uncached(&self) -> TokenStream {
        let Function { signature, body, .. } = self.function;
        let attributes = &self.attributes.body;
        let head = self.head();
        let mut signature =
            Signature { ident: self.companion_name("uncached"), ..signature.clone() };
        let named = self.expressions.named();
        for (argument, input) in typed(&mut signature).zip(&self.plan.inputs) {
            // What makes the key or a tag is of use, whatever the body does with it.
            if named.contains(&&input.name) {
                argument.attrs.push(parse_quote!(#[allow(unused_variables)]));
            }
        }
        quote_spanned! {Span::mixed_site()=>
            /// Runs the function without a look at the cache, and stores nothing.
            #[allow(
                clippy::missing_errors_doc,
                clippy::missing_panics_doc,
                clippy::missing_safety_doc,
                clippy::must_use_candidate
            )]
            #(#attributes)*
            #head #signature #body
        }
    }

    fn refresh(&self) -> TokenStream {
        let private = &self.expressions.private;
        let head = self.generated_head();
        let signature = self.plain_signature(&self.companion_name("refresh"));
        let look_up = self.look_up();
        let options = self.expressions.options();
        let run = self.run();
        let finish = self.finish();
        quote_spanned! {Span::mixed_site()=>
            /// Runs the function and stores what it returns, whatever the cache holds.
            #head #signature {
                #look_up
                let __flight = #private::refresh(__cache, &__sought, #options);
                let __result = #run;
                #finish
            }
        }
    }

    fn key(&self) -> TokenStream {
        let krate = &self.expressions.krate;
        let head = self.generated_head();
        let checked = self.expressions.checked(self.expressions.sought());
        let key_type = self.expressions.key_type();
        let mut signature = self.plain_signature(&self.companion_name("key"));
        signature.safety = Safety::Default;
        signature.output = parse_quote!(-> #key_type);
        let names = self.names();
        // A key need not name all arguments: reading them here keeps the compiler from warning.
        quote_spanned! {Span::mixed_site()=>
            /// The key under which the value for these arguments is stored.
            #head #signature {
                let _ = (#(&#names,)*);
                #krate::Lookup::to_key(&#checked)
            }
        }
    }

    /// Left out where each call would use up `self`.
    fn warm(&self) -> TokenStream {
        if self.plan.receiver.as_ref().is_some_and(|receiver| !receiver.borrowed) {
            return TokenStream::new();
        }
        let private = &self.expressions.private;
        let head = self.generated_head();
        let (signature, pattern) = self.warm_signature();
        let look_up = self.look_up();
        let options = self.expressions.options();
        let run = self.run();
        let finish = self.finish();
        let succeeded = match (&self.plan.cache_errors, &self.plan.stored) {
            (None, stored) => {
                let result = quote_spanned!(Span::mixed_site()=> &__result);
                quote!(#private::Fetched::<#stored>::success(#result).is_some())
            }
            (Some(_), _) => {
                quote_spanned!(Span::mixed_site()=> ::core::result::Result::is_ok(&__result))
            }
        };
        quote_spanned! {Span::mixed_site()=>
            /// Fills the cache ahead: runs the function for all those arguments whose values are not
            /// there yet. Returns how many values were loaded; an error leaves its arguments out.
            #head #signature {
                let mut __loaded = 0;
                for #pattern in arguments {
                    #look_up
                    if let #private::Enter::Lead(__flight) =
                        #private::enter(__cache, &__sought, || #options)
                    {
                        let __result = #run;
                        __loaded += (#succeeded) as ::core::primitive::usize;
                        ::core::mem::drop(#finish);
                    }
                }
                __loaded
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
        let arguments = syn::Ident::new("arguments", place);
        signature.inputs.push(parse_quote! {
            #arguments: impl ::core::iter::IntoIterator<Item = #item>
        });
        signature.output = parse_quote!(-> ::core::primitive::usize);
        if borrows {
            signature.generics.params.insert(0, parse_quote!(#lifetime));
            signature.generics.lt_token.get_or_insert_default();
            signature.generics.gt_token.get_or_insert_default();
        }
        (signature, pattern)
    }

    /// What stands before `fn`.
    fn head(&self) -> TokenStream {
        let visibility = &self.function.visibility;
        match self.plan.place {
            Place::Module => quote!(#visibility),
            Place::Impl | Place::Trait => {
                let block = &self.attributes.block;
                quote!(#(#block)* #[allow(dead_code)] #visibility)
            }
        }
    }

    /// The user answers for the function as written, not for its copies.
    fn generated_head(&self) -> TokenStream {
        let attributes = &self.attributes.generated;
        let head = self.head();
        quote! {
            #[allow(clippy::all, clippy::pedantic, clippy::nursery, single_use_lifetimes)]
            #(#attributes)*
            #head
        }
    }

    fn own_name(&self) -> String {
        self.function.signature.ident.unraw().to_string()
    }
}
