//! Last stage, how the cache is built, and what the compiler computes of its settings.

use crate::expansion::Expansion;
use crate::expressions::located;
use crate::place::Place;
use crate::types;
use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, Type};

impl Expansion<'_> {
    /// An expression that builds the cache.
    pub(crate) fn built(&self) -> TokenStream {
        let (builder, calls) = (self.expressions.builder(), self.calls());
        quote_spanned! {Span::mixed_site()=>
            #builder #calls.build().expect("the settings were checked when the program was compiled")
        }
    }

    /// The calls that tell a builder what the attribute says.
    pub(crate) fn calls(&self) -> TokenStream {
        let plan = self.plan;
        let krate = &self.expressions.krate;
        let limits = self.limits().map(|limit| {
            let Limit { method, written, .. } = &limit;
            let method = Ident::new(method, Span::mixed_site());
            if !limit.is_inline() {
                let name = limit.name();
                return quote!(.#method(#name));
            }
            let (name, ty, checks) = (limit.name(), &limit.ty, &limit.checks);
            quote_spanned!(written.span()=> .#method(const { let #name: #ty = #written; #checks #name }))
        });
        let weigher = plan.weigher.as_ref().map(|weigher| quote!(.weigher(#weigher)));
        let jitter = plan.jitter.as_ref().map(|jitter| quote!(.jitter(#jitter)));
        let policy = plan.policy.as_ref().map(|policy| quote!(.policy(#krate::Policy::#policy)));
        let own = plan.lifetimes.iter().filter(|_| !plan.shares());
        let lifetimes = own.map(|(word, lifetime)| self.expressions.set_lifetime(word, lifetime));
        let runtime = plan.runtime.as_ref().map(|runtime| quote!(.runtime(#runtime)));
        let refresh_after = plan.refresh_after.as_ref().map(|part| quote!(.refresh_after(#part)));
        quote! {
            #(#limits)* #weigher #policy #(#lifetimes)* #jitter #runtime #refresh_after
        }
    }

    /// Checks that take the compiler's computing, as items, so that they are made even if nobody
    /// calls the function.
    pub(crate) fn checks(&self) -> TokenStream {
        let mut checks = TokenStream::new();
        for limit in self.limits().filter(|limit| !limit.is_inline()) {
            let (name, ty, check) = (limit.name(), &limit.ty, &limit.checks);
            let written = limit.written;
            checks.extend(quote_spanned! {written.span()=>
                const #name: #ty = #written;
                const _: () = { #check };
            });
        }
        let lifetime = |wanted| {
            let mut all = self.plan.lifetimes.iter();
            all.find_map(|(word, lifetime)| (*word == wanted).then_some(lifetime))
        };
        if let (Some(ttl), Some(tti)) = (lifetime("ttl"), lifetime("tti")) {
            let place = tti.span();
            let (ttl, tti) = (self.expressions.lifetime(ttl), self.expressions.lifetime(tti));
            checks.extend(quote_spanned! {place=>
                const _: () = ::core::assert!(
                    (#tti).as_nanos() <= (#ttl).as_nanos(),
                    "tti is longer than ttl, so it would never end; write a shorter one"
                );
            });
        }
        checks.extend(self.check_of_errors());
        checks
    }

    /// Errors must not be stored because a `Result` has another name.
    fn check_of_errors(&self) -> TokenStream {
        let Expansion { plan, expressions, .. } = self;
        let stored = &plan.stored;
        let output = types::returned(&self.function.signature.output);
        let is_written_out = output.is_some_and(|output| types::failure(output).is_some());
        if is_written_out || !matches!(types::bare(stored), Type::Path(_)) {
            return TokenStream::new();
        }
        let place = Span::mixed_site().located_at(stored.span());
        let private = located(expressions.private.clone(), stored.span());
        let check = quote_spanned! {place=>
            use #private::Stored as _;
            ::core::assert!(
                !#private::Outcome::<#stored>::IS_RESULT,
                "this type is a `Result` by another name, so that errors would be stored; write `Result<…>`"
            );
        };
        match plan.place {
            Place::Module => quote_spanned!(place=> const _: () = { #check };),
            // The type may depend on parameters of the `impl`, which items cannot use.
            Place::Impl | Place::Trait => quote_spanned!(place=> const { #check }),
        }
    }

    fn limits(&self) -> impl Iterator<Item = Limit<'_>> {
        let private = &self.expressions.private;
        let entries = self.plan.max_entries.as_ref().map(|written| {
            let most = located(quote!(#private::MAX_ENTRIES), written.span());
            let mut limit = Limit::of("max_entries", quote!(::core::primitive::usize), written);
            let name = limit.name();
            limit.checks.extend(quote_spanned! {written.span()=>
                ::core::assert!(
                    #name <= #most,
                    "max_entries is more than a cache can hold; write a smaller number"
                );
            });
            limit
        });
        let weight = self.plan.max_weight.as_ref();
        let weight =
            weight.map(|written| Limit::of("max_weight", quote!(::core::primitive::u64), written));
        entries.into_iter().chain(weight)
    }
}

/// A number that is checked when the program is compiled.
struct Limit<'p> {
    method: &'static str,
    ty: TokenStream,
    written: &'p Expr,
    checks: TokenStream,
}

impl<'p> Limit<'p> {
    fn of(method: &'static str, ty: TokenStream, written: &'p Expr) -> Limit<'p> {
        let mut limit = Limit { method, ty, written, checks: TokenStream::new() };
        let name = limit.name();
        let fault = format!("{method} is 0; write at least 1, or do not cache");
        limit.checks = quote_spanned!(written.span()=> ::core::assert!(#name > 0, #fault););
        limit
    }

    fn name(&self) -> Ident {
        let place = Span::mixed_site().located_at(self.written.span());
        Ident::new(&format!("__{}", self.method.to_uppercase()), place)
    }

    /// An item cannot know `Self`.
    fn is_inline(&self) -> bool {
        names_own_type(self.written.to_token_stream())
    }
}

fn names_own_type(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(word) => word == "Self",
        TokenTree::Group(group) => names_own_type(group.stream()),
        _ => false,
    })
}
