//! Second stage, whether a function can go on in the background: there it has to own what it uses.

use crate::faults::Faults;
use crate::inputs::{Input, Receiver};
use crate::parse::Settings;
use crate::types;
use proc_macro2::{Ident, Span};
use syn::{Type, TypeReference};

/// Whether the attribute asks for it, and the function can.
pub(crate) fn background(
    settings: &Settings,
    asynchronous: bool,
    receiver: Option<&Receiver>,
    inputs: &[Input],
    faults: &mut Faults,
) -> bool {
    // What is asked for in so many words, and would not happen otherwise.
    let renews = settings.given("refresh_after").or(settings.given("soft_timeout"));
    let serves = settings.given("runtime").and(settings.given("stale_while_revalidate"));
    if !asynchronous || renews.or(serves).is_none() {
        return false;
    }
    let word = renews.map_or_else(String::new, ToString::to_string);
    let fault = |name: &Ident, place: Span| {
        syn::Error::new(
            place,
            format!(
                "`{name}` is borrowed in a way that cannot outlive the call, but `{word}` runs the function in the background; take an owned value, such as an `Arc`, or a plain reference to what can be cloned"
            ),
        )
    };
    let borrowed = receiver.filter(|receiver| receiver.borrowed).map(|receiver| &receiver.name);
    let kept = inputs.iter().filter(|input| Kept::of(&input.ty) == Kept::Never);
    let hindrances: Vec<&Ident> =
        borrowed.into_iter().chain(kept.map(|input| &input.name)).collect();
    if renews.is_some() {
        hindrances.iter().for_each(|name| faults.add(fault(name, name.span())));
    }
    hindrances.is_empty()
}

/// How an argument outlives its call.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kept {
    /// As it is.
    Owned,
    /// As a clone of what it refers to.
    Cloned,
    Never,
}

impl Kept {
    pub(crate) fn of(ty: &Type) -> Kept {
        if types::borrow(ty).is_none() {
            return Kept::Owned;
        }
        match referred(ty) {
            Some(inner) if types::borrow(inner).is_none() && can_be_cloned(inner) => Kept::Cloned,
            _ => Kept::Never,
        }
    }
}

/// What a reference refers to.
pub(crate) fn referred(ty: &Type) -> Option<&Type> {
    match types::bare(ty) {
        Type::Reference(TypeReference { elem, .. }) => Some(elem),
        _ => None,
    }
}

fn can_be_cloned(ty: &Type) -> bool {
    !matches!(types::bare(ty), Type::TraitObject(_) | Type::ImplTrait(_))
}
