//! Second stage, the type parameters: what they are joins the key, since all types share one cache.

use crate::faults::Faults;
use crate::inputs::Input;
use crate::types;
use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{FnArg, GenericParam, Signature, Type};

/// A part of what tells two instances of a generic function apart.
pub(crate) enum Identity {
    Type(Ident),
    Const(Ident),
    /// The type of an argument written as `impl Trait`, behind so many references.
    Argument {
        name: Ident,
        references: usize,
    },
}

/// The identities of a function whose generics are faultless.
pub(crate) fn identities(signature: &Signature, inputs: &[Input]) -> Vec<Identity> {
    let parameters = signature.generics.params.iter().filter_map(|parameter| match parameter {
        GenericParam::Type(parameter) => Some(Identity::Type(parameter.ident.clone())),
        GenericParam::Const(parameter) => Some(Identity::Const(parameter.ident.clone())),
        GenericParam::Lifetime(_) => None,
    });
    let opaque = inputs.iter().filter(|input| opaque(&input.ty).is_some()).map(|input| {
        let (references, _) = behind_references(&input.ty);
        Identity::Argument { name: input.name.clone(), references }
    });
    parameters.chain(opaque).collect()
}

pub(crate) fn check(signature: &Signature, own_key: bool, faults: &mut Faults) {
    if !own_key {
        let parameter = signature.generics.params.iter().find_map(name);
        let opaque = signature.inputs.iter().find_map(|input| match input {
            FnArg::Typed(typed) => opaque(&typed.ty),
            FnArg::Receiver(_) => None,
        });
        let place = match (parameter, opaque) {
            (Some(name), _) => name.to_token_stream(),
            (None, Some(ty)) => ty.to_token_stream(),
            (None, None) => return,
        };
        return faults.at(
            place,
            "a generic function needs a key that is the same kind of value for all types; add `key = \"…\"` that tells its arguments apart: which types it runs with joins the key by itself",
        );
    }
    for input in &signature.inputs {
        let FnArg::Typed(typed) = input else {
            continue;
        };
        let (_, own) = behind_references(&typed.ty);
        if let (Some(opaque), false) = (opaque(own), matches!(own, Type::ImplTrait(_))) {
            if types::borrow(own).is_some() {
                faults.at(
                    opaque,
                    "an `impl Trait` inside of what is borrowed has no name that could join the key; write a type parameter such as `fn f<T: Trait + 'static>(…)`",
                );
            }
        }
    }
}

/// The values of all types lie in one cache, so their type must not depend on a parameter.
pub(crate) fn check_stored(stored: &Type, signature: &Signature, faults: &mut Faults) -> bool {
    let parameters: Vec<&Ident> = signature.generics.params.iter().filter_map(name).collect();
    let Some(word) = find_word(stored.to_token_stream(), &parameters) else {
        return true;
    };
    faults.at(
        &word,
        format!(
            "one cache holds the values for every `{word}`, so their type cannot depend on it; return a type without `{word}`, or cache a function for each"
        ),
    );
    false
}

/// The first `impl Trait` in the type.
fn opaque(ty: &Type) -> Option<&Type> {
    types::find(ty, |part| matches!(part, Type::ImplTrait(_)))
}

fn behind_references(ty: &Type) -> (usize, &Type) {
    match types::bare(ty) {
        Type::Reference(reference) => {
            let (references, own) = behind_references(&reference.elem);
            (references + 1, own)
        }
        own => (0, own),
    }
}

fn name(parameter: &GenericParam) -> Option<&Ident> {
    match parameter {
        GenericParam::Type(parameter) => Some(&parameter.ident),
        GenericParam::Const(parameter) => Some(&parameter.ident),
        GenericParam::Lifetime(_) => None,
    }
}

fn find_word(tokens: TokenStream, words: &[&Ident]) -> Option<Ident> {
    tokens.into_iter().find_map(|token| match token {
        TokenTree::Ident(word) if words.contains(&&word) => Some(word),
        TokenTree::Group(group) => find_word(group.stream(), words),
        _ => None,
    })
}
