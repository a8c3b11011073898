//! Last stage, what all items of a function have in common: names, signatures, calls.
//!
//! Local names have two underscores and the scope of the macro (`mixed_site`): whatever the user's
//! arguments and constants are called, they cannot meet ours.

use crate::attributes::Attributes;
use crate::expressions::Expressions;
use crate::parse::Function;
use crate::place::Place;
use crate::validate::Plan;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::{FnArg, GenericParam, Safety, Signature, parse_quote};

/// What all items of one function are made of.
pub(crate) struct Expansion<'p> {
    pub(crate) plan: &'p Plan,
    pub(crate) function: &'p Function,
    pub(crate) attributes: Attributes,
    pub(crate) expressions: Expressions<'p>,
}

impl<'p> Expansion<'p> {
    pub(crate) fn of(plan: &'p Plan, function: &'p Function) -> Expansion<'p> {
        let attributes = Attributes::sort(&function.attributes);
        Expansion { plan, function, attributes, expressions: Expressions::of(plan) }
    }

    /// The cache and what is sought in it.
    pub(crate) fn look_up(&self) -> TokenStream {
        let sought = self.expressions.sought();
        let (held, cache) = self.held();
        let checked = self.expressions.checked(quote!((#cache, #sought)));
        quote_spanned!(Span::mixed_site()=> #held let (__cache, __sought) = #checked;)
    }

    /// A call of the body with the arguments at hand.
    pub(crate) fn run(&self) -> TokenStream {
        let uncached = self.companion("uncached");
        let receiver = self.plan.receiver.as_ref().map(|receiver| &receiver.name);
        let arguments = receiver.into_iter().chain(self.names());
        let parameters =
            self.function.signature.generics.params.iter().filter_map(|one| match one {
                GenericParam::Type(parameter) => Some(&parameter.ident),
                GenericParam::Const(parameter) => Some(&parameter.ident),
                GenericParam::Lifetime(_) => None,
            });
        let mut parameters = parameters.peekable();
        // An argument need not tell the types, but the caller did.
        let parameters = parameters.peek().is_some().then(|| quote!(::<#(#parameters),*>));
        let call = quote_spanned!(Span::mixed_site()=> #uncached #parameters (#(#arguments),*));
        match self.function.signature.safety {
            // SAFETY of the call is what the caller of the function promised.
            Safety::Unsafe(_) => quote_spanned!(Span::mixed_site()=> unsafe { #call }),
            _ => call,
        }
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &Ident> {
        self.plan.inputs.iter().map(|input| &input.name)
    }

    /// The signature under another name, with a plain name for every argument.
    pub(crate) fn plain_signature(&self, name: &Ident) -> Signature {
        let mut signature = self.function.signature.clone();
        signature.ident = name.clone();
        for (argument, name) in typed(&mut signature).zip(self.names()) {
            argument.attrs.clear();
            argument.pat = parse_quote!(#name);
        }
        if let Some(FnArg::Receiver(receiver)) = signature.inputs.first_mut() {
            receiver.mutability = None;
        }
        signature
    }

    /// What errors about the surroundings point at.
    pub(crate) fn place(&self) -> Span {
        let receiver = self.plan.receiver.as_ref().map(|receiver| receiver.name.span());
        receiver.unwrap_or_else(|| self.function.signature.ident.span())
    }

    /// The path of a companion.
    pub(crate) fn companion(&self, word: &str) -> TokenStream {
        let name = self.companion_name(word);
        match self.plan.place {
            Place::Module => {
                let function = &self.function.signature.ident;
                quote_spanned!(Span::mixed_site()=> <#function>::#name)
            }
            Place::Impl | Place::Trait => quote!(Self::#name),
        }
    }

    pub(crate) fn companion_name(&self, word: &str) -> Ident {
        let function = &self.function.signature.ident;
        match self.plan.place {
            Place::Module => Ident::new(word, Span::mixed_site()),
            Place::Impl | Place::Trait => {
                format_ident!("{}_{word}", function.unraw(), span = function.span())
            }
        }
    }
}

/// The arguments but `self`.
pub(crate) fn typed(signature: &mut Signature) -> impl Iterator<Item = &mut syn::PatType> {
    signature.inputs.iter_mut().filter_map(|argument| match argument {
        FnArg::Typed(typed) => Some(typed),
        FnArg::Receiver(_) => None,
    })
}
