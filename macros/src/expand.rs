//! Last stage: the plan into items. Look-ups stay in the function, the body moves to its companion.
//!
//! Local names have two underscores and the scope of the macro (`mixed_site`): whatever the user's
//! arguments and constants are called, they cannot meet ours.

use crate::attributes::Attributes;
use crate::expressions::{Expressions, located};
use crate::parse::Function;
use crate::validate::Plan;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{FnArg, Safety, Signature, parse_quote};

/// The function and its companions.
pub(crate) fn expand(plan: &Plan, function: &Function) -> TokenStream {
    let attributes = Attributes::sort(&function.attributes);
    let expansion = Expansion { plan, function, attributes, expressions: Expressions::of(plan) };
    let mut items = expansion.function();
    items.extend(expansion.companion());
    items
}

struct Expansion<'p> {
    plan: &'p Plan,
    function: &'p Function,
    attributes: Attributes,
    expressions: Expressions<'p>,
}

impl Expansion<'_> {
    /// What callers see: a look-up, and the body only when that finds nothing.
    fn function(&self) -> TokenStream {
        let Expansion { function, expressions, .. } = self;
        let private = &expressions.private;
        let name = &function.signature.ident;
        let visibility = &function.visibility;
        let attributes = &self.attributes.function;
        let signature = self.plain_signature(name);
        let sought = self.expressions.sought();
        let checked = self.expressions.checked(quote!((<#name>::cache(), #sought)));
        let options = self.expressions.options();
        let run = self.run();
        quote_spanned! {Span::mixed_site()=>
            #(#attributes)*
            #visibility #signature {
                let (__cache, __sought) = #checked;
                match #private::enter(__cache, &__sought, || #options) {
                    #private::Enter::Hit(__value) => #private::Fetched::hit(__value),
                    #private::Enter::Lead(__flight) => {
                        let __result = #run;
                        #private::Flight::finish(__flight, __result)
                    }
                }
            }
        }
    }

    /// The enum of the function's name: functions and types of one name do not meet.
    fn companion(&self) -> TokenStream {
        let function = self.function;
        let name = &function.signature.ident;
        let visibility = &function.visibility;
        let Attributes { companion, block, .. } = &self.attributes;
        let about = format!("The companions of the cached function `{}`.", name.unraw());
        let cache = self.cache();
        let uncached = self.uncached();
        let refresh = self.refresh();
        let key = self.key();
        // Shown at the function's name when that is taken.
        let place = Span::mixed_site().located_at(name.span());
        quote_spanned! {place=>
            #[doc = #about]
            #(#companion)*
            #[allow(non_camel_case_types, dead_code, missing_debug_implementations)]
            #visibility enum #name {}

            #(#block)*
            #[allow(dead_code)]
            impl #name { #cache #uncached #refresh #key }
        }
    }

    fn cache(&self) -> TokenStream {
        let Expansion { plan, expressions, .. } = self;
        let Expressions { krate, private, .. } = expressions;
        let visibility = &self.function.visibility;
        let key = self.expressions.key_type();
        let stored = &plan.stored;
        let builder = expressions.builder();
        let limit = plan.max_entries.as_ref().map(|_| quote!(.max_entries(__MAX_ENTRIES)));
        let checks = plan.max_entries.as_ref().map(|written| {
            let most = located(quote!(#private::MAX_ENTRIES), written.span());
            quote_spanned! {written.span()=>
                const __MAX_ENTRIES: usize = #written;
                const _: () = ::core::assert!(
                    __MAX_ENTRIES > 0,
                    "max_entries is 0; write at least 1, or do not cache"
                );
                const _: () = ::core::assert!(
                    __MAX_ENTRIES <= #most,
                    "max_entries is more than a cache can hold; write a smaller number"
                );
            }
        });
        let policy = plan.policy.as_ref().map(|policy| quote!(.policy(#krate::Policy::#policy)));
        let ttl = plan.ttl.as_ref().map(|ttl| {
            let duration = self.expressions.duration(ttl);
            quote!(.ttl({ const __TTL: ::core::time::Duration = #duration; __TTL }))
        });
        quote_spanned! {Span::mixed_site()=>
            /// The cache that holds the function's values.
            #visibility fn cache() -> &'static #krate::MemoryCache<#key, #stored> {
                #checks
                static __CACHE: #private::LazyLock<#krate::MemoryCache<#key, #stored>> =
                    #private::LazyLock::new(|| {
                        #builder
                            #limit
                            #policy
                            #ttl
                            .build()
                            .expect("the settings were checked when the program was compiled")
                    });
                &__CACHE
            }
        }
    }

    fn uncached(&self) -> TokenStream {
        let Function { visibility, signature, body, .. } = self.function;
        let attributes = &self.attributes.body;
        let mut signature = Signature { ident: self.own("uncached"), ..signature.clone() };
        let named = self.expressions.named();
        for (argument, input) in signature.inputs.iter_mut().zip(&self.plan.inputs) {
            // What makes the key or a tag is of use, whatever the body does with it.
            if let (FnArg::Typed(typed), true) = (argument, named.contains(&&input.name)) {
                typed.attrs.push(parse_quote!(#[allow(unused_variables)]));
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
            #visibility #signature #body
        }
    }

    fn refresh(&self) -> TokenStream {
        let private = &self.expressions.private;
        let name = &self.function.signature.ident;
        let visibility = &self.function.visibility;
        let attributes = &self.attributes.generated;
        let lints = self.lints();
        let signature = self.plain_signature(&self.own("refresh"));
        let sought = self.expressions.sought();
        let checked = self.expressions.checked(quote!((<#name>::cache(), #sought)));
        let options = self.expressions.options();
        let run = self.run();
        quote_spanned! {Span::mixed_site()=>
            /// Runs the function and stores what it returns, whatever the cache holds.
            #lints
            #(#attributes)*
            #visibility #signature {
                let (__cache, __sought) = #checked;
                let __flight = #private::refresh(__cache, &__sought, #options);
                let __result = #run;
                #private::Flight::finish(__flight, __result)
            }
        }
    }

    fn key(&self) -> TokenStream {
        let visibility = &self.function.visibility;
        let attributes = &self.attributes.generated;
        let lints = self.lints();
        let krate = &self.expressions.krate;
        let sought = self.expressions.sought();
        let checked = self.expressions.checked(sought);
        let key_type = self.expressions.key_type();
        let mut signature = self.plain_signature(&self.own("key"));
        signature.safety = Safety::Default;
        signature.output = parse_quote!(-> #key_type);
        let names = self.plan.inputs.iter().map(|input| &input.name);
        // A key need not name all arguments: reading them here keeps the compiler from warning.
        quote_spanned! {Span::mixed_site()=>
            /// The key under which the value for these arguments is stored.
            #lints
            #(#attributes)*
            #visibility #signature {
                let _ = (#(&#names,)*);
                #krate::Lookup::to_key(&#checked)
            }
        }
    }

    /// The signature under another name, with a plain name for every argument.
    fn plain_signature(&self, name: &Ident) -> Signature {
        let mut signature = self.function.signature.clone();
        signature.ident = name.clone();
        for (argument, input) in signature.inputs.iter_mut().zip(&self.plan.inputs) {
            if let FnArg::Typed(typed) = argument {
                let name = &input.name;
                typed.attrs.clear();
                typed.pat = parse_quote!(#name);
            }
        }
        signature
    }

    fn run(&self) -> TokenStream {
        let name = &self.function.signature.ident;
        let arguments = self.plan.inputs.iter().map(|input| &input.name);
        let call = quote_spanned!(Span::mixed_site()=> <#name>::uncached(#(#arguments),*));
        match self.function.signature.safety {
            // SAFETY of the call is what the caller of the function promised.
            Safety::Unsafe(_) => quote_spanned!(Span::mixed_site()=> unsafe { #call }),
            _ => call,
        }
    }

    /// The user answers for the function as written, not for its copies.
    fn lints(&self) -> TokenStream {
        quote!(#[allow(clippy::all, clippy::pedantic, clippy::nursery)])
    }

    fn own(&self, name: &str) -> Ident {
        format_ident!("{name}", span = Span::mixed_site())
    }
}
