//! Second stage, the arguments of the function: a name for each that generated code can use.

use crate::template::Names;
use proc_macro2::{Ident, Span};
use quote::format_ident;
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{FnArg, Pat, ReceiverKind, Signature, Type};

/// An argument under a name that generated code can use.
pub(crate) struct Input {
    pub(crate) name: Ident,
    pub(crate) ty: Type,
}

/// What a method is called on.
pub(crate) struct Receiver {
    /// `self`, in the scope of the method.
    pub(crate) name: Ident,
    /// Borrowed, so that it may be used for several calls.
    pub(crate) borrowed: bool,
}

pub(crate) fn receiver(signature: &Signature) -> Option<Receiver> {
    let receiver = signature.receiver()?;
    let borrowed = match &receiver.kind {
        ReceiverKind::Reference(..) => true,
        ReceiverKind::Typed(_, ty) => matches!(**ty, Type::Reference(_)),
        _ => false,
    };
    Some(Receiver { name: Ident::new("self", receiver.self_token.span), borrowed })
}

/// Gives every argument a name: its own if it has one, else one that no user code can know.
pub(crate) fn inputs(signature: &Signature) -> (Vec<Input>, Names) {
    let mut names = Names::default();
    let mut inputs = Vec::new();
    names.arguments.extend(receiver(signature).map(|receiver| receiver.name));
    for (position, input) in signature.inputs.iter().enumerate() {
        let FnArg::Typed(typed) = input else {
            continue;
        };
        let name = match &*typed.pat {
            Pat::Ident(own) => {
                if let Some((_, inside)) = &own.subpat {
                    bound(inside, &mut names.in_patterns);
                }
                names.arguments.push(own.ident.clone());
                own.ident.clone()
            }
            pattern => {
                bound(pattern, &mut names.in_patterns);
                let place = Span::mixed_site().located_at(pattern.span());
                format_ident!("__argument_{position}", span = place)
            }
        };
        inputs.push(Input { name, ty: (*typed.ty).clone() });
    }
    (inputs, names)
}

/// Collects the names that a pattern binds.
fn bound(pattern: &Pat, names: &mut Vec<String>) {
    match pattern {
        Pat::Ident(own) => {
            names.push(own.ident.unraw().to_string());
            if let Some((_, inside)) = &own.subpat {
                bound(inside, names);
            }
        }
        Pat::Paren(paren) => bound(&paren.pat, names),
        Pat::Reference(reference) => bound(&reference.pat, names),
        Pat::Slice(slice) => slice.elems.iter().for_each(|part| bound(part, names)),
        Pat::Tuple(tuple) => tuple.elems.iter().for_each(|part| bound(part, names)),
        Pat::TupleStruct(tuple) => tuple.elems.iter().for_each(|part| bound(part, names)),
        Pat::Struct(fields) => fields.fields.iter().for_each(|field| bound(&field.pat, names)),
        _ => {}
    }
}
