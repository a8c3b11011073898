//! Last stage, what stands beside the function: `cache`, `uncached`, `refresh`, `key` and `warm`.

use crate::expansion::{Expansion, typed};
use crate::parse::Function;
use crate::place::Place;
use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;
use syn::{Safety, Signature, parse_quote};

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
        let head = self.generated_head();
        let signature = self.plain_signature(&self.companion_name("refresh"));
        let (look_up, begin) = (self.look_up(), self.begin());
        let run = self.flown(&self.run());
        let (failing, finish) = (self.failing(), self.finish());
        quote_spanned! {Span::mixed_site()=>
            /// Runs the function and stores what it returns, whatever the cache holds.
            #head #signature {
                #look_up
                #failing
                #begin
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
        signature.asyncness = None;
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

    /// What stands before `fn`.
    pub(crate) fn head(&self) -> TokenStream {
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
    pub(crate) fn generated_head(&self) -> TokenStream {
        let attributes = &self.attributes.generated;
        let head = self.head();
        quote! {
            #[allow(clippy::all, clippy::pedantic, clippy::nursery, single_use_lifetimes)]
            #(#attributes)*
            #head
        }
    }

    pub(crate) fn own_name(&self) -> String {
        self.plan.name.to_string()
    }
}
