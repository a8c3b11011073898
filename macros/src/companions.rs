//! Last stage, what stands beside the function: `cache`, `uncached`, `refresh`, `key` and `warm`.

use crate::expansion::{Expansion, typed};
use crate::expressions::{Expressions, located};
use crate::parse::Function;
use crate::place::Place;
use crate::types;
use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
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
            Place::Impl => {
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

    /// What the compiler checks of the settings, because it takes its computing.
    fn checks(&self) -> TokenStream {
        let private = &self.expressions.private;
        let limit = self.plan.max_entries.as_ref().map(|written| {
            let most = located(quote!(#private::MAX_ENTRIES), written.span());
            let checks = quote_spanned! {written.span()=>
                ::core::assert!(
                    __MAX_ENTRIES > 0,
                    "max_entries is 0; write at least 1, or do not cache"
                );
                ::core::assert!(
                    __MAX_ENTRIES <= #most,
                    "max_entries is more than a cache can hold; write a smaller number"
                );
            };
            self.constant("__MAX_ENTRIES", quote!(::core::primitive::usize), written, checks)
        });
        quote!(#limit)
    }

    /// A checked constant, as an item so that it is checked even if nobody calls the function; but
    /// an item cannot know `Self`.
    fn constant(
        &self,
        name: &str,
        ty: TokenStream,
        written: &impl ToTokens,
        checks: TokenStream,
    ) -> TokenStream {
        let name = syn::Ident::new(name, Span::mixed_site().located_at(written.span()));
        if names_own_type(written.to_token_stream()) {
            return TokenStream::new();
        }
        quote_spanned! {written.span()=>
            const #name: #ty = #written;
            const _: () = { #checks };
        }
    }

    /// An expression that builds the cache.
    fn built(&self) -> TokenStream {
        let Expansion { plan, expressions, .. } = self;
        let Expressions { krate, .. } = expressions;
        let builder = expressions.builder();
        let limit = plan.max_entries.as_ref().map(|limit| {
            if names_own_type(limit.to_token_stream()) {
                return quote!(.max_entries(const { #limit }));
            }
            let name =
                syn::Ident::new("__MAX_ENTRIES", Span::mixed_site().located_at(limit.span()));
            quote!(.max_entries(#name))
        });
        let policy = plan.policy.as_ref().map(|policy| quote!(.policy(#krate::Policy::#policy)));
        let ttl = plan.ttl.as_ref().map(|ttl| {
            let duration = expressions.lifetime(ttl);
            quote!(.ttl({ const __TTL: ::core::time::Duration = #duration; __TTL }))
        });
        quote_spanned! {Span::mixed_site()=>
            #builder
                #limit
                #policy
                #ttl
                .build()
                .expect("the settings were checked when the program was compiled")
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
        quote_spanned! {Span::mixed_site()=>
            /// Runs the function and stores what it returns, whatever the cache holds.
            #head #signature {
                #look_up
                let __flight = #private::refresh(__cache, &__sought, #options);
                let __result = #run;
                #private::Flight::finish(__flight, __result)
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
                        if #private::warm(__flight, __result) {
                            __loaded += 1;
                        }
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
            Place::Impl => {
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

    /// What errors about the surroundings point at.
    fn place(&self) -> Span {
        let receiver = self.plan.receiver.as_ref().map(|receiver| receiver.name.span());
        receiver.unwrap_or_else(|| self.function.signature.ident.span())
    }
}

fn names_own_type(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(word) => word == "Self",
        TokenTree::Group(group) => names_own_type(group.stream()),
        _ => false,
    })
}
