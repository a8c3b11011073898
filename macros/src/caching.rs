//! Last stage, the cache of the function: the companion that hands it out, and the way to it.

use crate::expansion::Expansion;
use crate::expressions::located;
use crate::home::Home;
use crate::mentions;
use crate::place::Place;
use crate::validate::Kind;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, LitStr};

impl Expansion<'_> {
    /// What has to be held while the cache is used, and a reference to the cache.
    pub(crate) fn held(&self) -> (TokenStream, TokenStream) {
        let place = Span::mixed_site();
        match &self.plan.home {
            Home::Own if self.plan.place == Place::Trait => self.of_the_type(&self.built()),
            Home::Own => {
                let cache = self.companion("cache");
                (TokenStream::new(), quote!(#cache()))
            }
            Home::Named(name) => {
                let private = &self.expressions.private;
                let (found, slot) = if self.plan.place == Place::Trait {
                    self.of_the_type(&self.slot(name))
                } else {
                    let slot = self.companion("slot");
                    (TokenStream::new(), quote!(#slot()))
                };
                let private = located(private.clone(), name.span());
                let spot = place.located_at(name.span());
                let reach = quote_spanned!(spot=> let __held = #private::Slot::reach(#slot););
                let held = quote!(#found #reach);
                (held, quote_spanned!(place=> &*__held))
            }
            Home::Given(value) => (self.given(value), quote_spanned!(place=> __held)),
        }
    }

    /// The companion that hands the cache out, and what it needs.
    pub(crate) fn cache(&self) -> TokenStream {
        let head = self.head();
        let name = self.companion_name("cache");
        let about = format!("The cache that holds the values of `{}`.", self.own_name());
        let cache = self.expressions.cache_type();
        let place = Span::mixed_site();
        match &self.plan.home {
            Home::Own => {
                let body = self.kept(&quote!(#cache), &self.built());
                quote_spanned! {place=>
                    #[doc = #about]
                    #head fn #name() -> &'static #cache { #body }
                }
            }
            Home::Named(text) => {
                let private = &self.expressions.private;
                let (key, stored) = (self.expressions.key_type(), &self.plan.stored);
                let body = self.kept(&quote!(#private::Slot<#key, #stored>), &self.slot(text));
                let (slot, path) = (self.companion_name("slot"), self.companion("slot"));
                let spot = place.located_at(text.span());
                let located = located(private.clone(), text.span());
                let reach = quote_spanned!(spot=> #located::Slot::reach(#path()));
                quote_spanned! {place=>
                    #[doc = #about]
                    #head fn #name() -> #cache {
                        ::core::clone::Clone::clone(&*#reach)
                    }

                    #[doc(hidden)]
                    #head fn #slot() -> &'static #private::Slot<#key, #stored> { #body }
                }
            }
            // The compiler alone knows its type, and who gave it has it.
            Home::Given(_) if self.plan.kind() == Kind::Unknown => TokenStream::new(),
            Home::Given(value) => {
                let own = Ident::new("self", Span::call_site());
                let receiver = mentions::first(value, &[&own]).map(|own| quote!(&#own));
                let given = self.given(value);
                quote_spanned! {place=>
                    #[doc = #about]
                    #head fn #name(#receiver) -> #cache {
                        #given
                        ::core::clone::Clone::clone(__held)
                    }
                }
            }
        }
    }

    /// Holds the cache that was given, whatever leads to it.
    fn given(&self, value: &Expr) -> TokenStream {
        let private = &self.expressions.private;
        let (key, stored) = (self.expressions.key_type(), &self.plan.stored);
        let way = match self.plan.kind() {
            Kind::Unknown => quote!(given),
            Kind::Memory | Kind::Tiers => quote!(given_async),
        };
        let place = Span::mixed_site().located_at(value.span());
        let private = located(private.clone(), value.span());
        quote_spanned! {place=>
            let __given = &(#value);
            let __held = #private::#way::<#key, #stored, _>(__given);
        }
    }

    /// What finds the named cache.
    fn slot(&self, name: &LitStr) -> TokenStream {
        let private = &self.expressions.private;
        let place = Span::mixed_site();
        let (id, owner) = if self.plan.shares() {
            (quote!(::core::option::Option::None), quote!(""))
        } else {
            let own = self.expressions.name();
            (
                quote_spanned! {place=>
                    ::core::option::Option::Some(|| #private::String::from(#own))
                },
                quote! {
                    ::core::concat!(::core::file!(), ":", ::core::line!(), ":", ::core::column!())
                },
            )
        };
        let (calls, blocking) = (self.calls(), !self.plan.asynchronous);
        quote_spanned! {place=>
            #private::Slot::new(#private::Role {
                name: #name,
                id: #id,
                owner: #owner,
                settings: |__builder| __builder #calls,
                blocking: #blocking,
            })
        }
    }

    /// What makes something once and hands out a reference to it for ever.
    fn kept(&self, ty: &TokenStream, made: &TokenStream) -> TokenStream {
        let private = &self.expressions.private;
        let checks = self.checks();
        if self.plan.place != Place::Module {
            let (caches, found) = self.of_the_type(made);
            return quote!(#checks #caches #found);
        }
        quote_spanned! {Span::mixed_site()=>
            #checks
            static __KEPT: #private::Kept<#ty> = #private::Kept::new(|| #made);
            #private::Kept::get(&__KEPT)
        }
    }

    /// One for each type that has the function: whether the `impl` is generic is not to be seen here.
    fn of_the_type(&self, made: &TokenStream) -> (TokenStream, TokenStream) {
        let private = &self.expressions.private;
        let own = located(quote!(Self), self.place());
        (
            quote_spanned! {Span::mixed_site()=>
                static __CACHES: #private::Caches = #private::Caches::new();
            },
            quote_spanned!(Span::mixed_site()=> #private::Caches::of::<#own, _>(&__CACHES, || #made)),
        )
    }
}
