//! Second stage, the function: what its signature must not have, and the type of what is stored.

use crate::faults::Faults;
use crate::generics;
use crate::keys;
use crate::parse::Function;
use crate::place::Place;
use crate::types;
use syn::ext::IdentExt;
use syn::{FnArg, PatType, Receiver, ReceiverKind, Signature, Type};

/// The arguments that a look-up can compare without a key of its own.
const ARGUMENTS_MAX: usize = 12;

/// What the attribute asks of the function.
#[derive(Clone, Copy)]
pub(crate) struct Wants {
    /// It has a `key`, so the arguments need not be one.
    pub(crate) own_key: bool,
    /// Errors are stored too.
    pub(crate) errors: bool,
}

/// Says everything that keeps the function from being cached, and gives the type of the stored
/// values if nothing does.
pub(crate) fn stored_type(
    function: &Function,
    place: Place,
    wants: Wants,
    faults: &mut Faults,
) -> Option<Type> {
    let own_key = wants.own_key;
    let mut found = Faults::default();
    let signature = &function.signature;
    qualifiers(function, place, &mut found);
    generics::check(signature, own_key, &mut found);
    for input in &signature.inputs {
        match input {
            FnArg::Typed(typed) => argument(typed, own_key, &mut found),
            FnArg::Receiver(written) => receiver(written, own_key, &mut found),
        }
    }
    if !own_key {
        if let Some(thirteenth) = signature.inputs.iter().nth(ARGUMENTS_MAX) {
            found.at(
                thirteenth,
                "more than 12 arguments are no key by themselves; add `key = …`, or pass a struct",
            );
        }
    }
    let stored = success_type(signature, wants.errors, &mut found);
    let faulty = faults.append(found);
    stored.filter(|_| !faulty)
}

fn qualifiers(function: &Function, place: Place, faults: &mut Faults) {
    let signature = &function.signature;
    for attribute in &function.attributes {
        if attribute.path().segments.last().is_some_and(|last| last.ident == "cachefn") {
            faults.at(attribute, "`#[cachefn]` is given twice; remove one of the two");
        }
    }
    if let Some(word) = &signature.constness {
        faults.at(
            word,
            "a `const fn` cannot look into a cache; remove `const`, or store the result in a `const`",
        );
    }
    if let Some(abi) = &signature.abi {
        faults.at(
            abi,
            "a function with a foreign interface cannot be cached; cache a Rust function and call it from this one",
        );
    }
    if let Some(variadic) = &signature.variadic {
        faults.at(variadic, "variable arguments cannot be a key; take a slice");
    }
    let name = signature.ident.unraw().to_string();
    if place == Place::Module && PRIMITIVES.contains(&name.as_str()) {
        faults.at(
            &signature.ident,
            format!("beside the function stands an enum of its name, which would hide the type `{name}`; rename the function"),
        );
    }
}

/// A method is called on an instance, which is no part of a key by itself.
fn receiver(receiver: &Receiver, own_key: bool, faults: &mut Faults) {
    let exclusive = match &receiver.kind {
        ReceiverKind::Reference(_, _, word) => word.is_some(),
        ReceiverKind::Typed(_, ty) => types::find(ty, is_exclusive).is_some(),
        _ => false,
    };
    if exclusive {
        faults.at(
            receiver,
            "a hit would not make the changes that `&mut self` lets the method make; take `&self`",
        );
    } else if !own_key {
        faults.at(
            receiver.self_token,
            "a method needs a key that says which instance it is called on; add one that names what tells instances apart, such as `key = \"{self.id}:{argument}\"`, or one without `self` if all of them give the same values",
        );
    }
}

fn argument(typed: &PatType, own_key: bool, faults: &mut Faults) {
    for attribute in &typed.attrs {
        if attribute.path().is_ident("cfg") || attribute.path().is_ident("cfg_attr") {
            faults.at(
                attribute,
                "a key cannot have conditional parts; put `#[cfg(…)]` on two versions of the function",
            );
        }
    }
    let ty = &*typed.ty;
    if let Some(reference) = types::find(ty, is_exclusive) {
        return faults.at(
            reference,
            "a hit would not make the changes that `&mut` lets the function make; take the value and return the changed one",
        );
    }
    if own_key {
        return;
    }
    if let Some(float) = types::float(ty) {
        return faults.at(
            float,
            "a float cannot be a key because NaN is not equal to itself; pass its `to_bits()`, or add `key = …`",
        );
    }
    if let Some(pointer) = types::find(ty, |part| matches!(part, Type::Ptr(_))) {
        return faults.at(pointer, "a raw pointer cannot be a key; add `key = …`");
    }
    let own = match types::bare(ty) {
        Type::Reference(reference) => types::bare(&reference.elem),
        other => other,
    };
    if let Type::TraitObject(object) = own {
        return faults
            .at(object, "a trait object cannot be compared, so it cannot be a key; add `key = …`");
    }
    if let Some(place) = keys::unreachable_borrow(ty) {
        faults.add(syn::Error::new(
            place,
            "what is borrowed here cannot be kept as a key; references count alone and in options, lists and tuples, so take an owned value, or add `key = …`",
        ));
    }
}

/// The type of the stored values, if the function returns something that can be stored.
fn success_type(signature: &Signature, errors: bool, faults: &mut Faults) -> Option<Type> {
    let Some(output) = types::returned(&signature.output) else {
        faults.at(
            &signature.ident,
            "this function returns nothing that could be cached; return a value, or remove `#[cachefn]`",
        );
        return None;
    };
    let value = if errors { output } else { types::success(output) };
    if matches!(types::bare(value), Type::Never(_)) {
        faults.at(
            value,
            "this function never returns, so there is nothing to cache; remove `#[cachefn]`",
        );
        return None;
    }
    if let Some(opaque) = types::find(value, |part| matches!(part, Type::ImplTrait(_))) {
        faults.at(opaque, "an `impl Trait` cannot be stored; name the type that is returned");
        return None;
    }
    if let Some(place) = types::borrow(value) {
        faults.add(syn::Error::new(
            place,
            "a cached value outlives what it borrows from; return an owned value such as `String`, or an `Arc`",
        ));
        return None;
    }
    generics::check_stored(value, signature, faults).then(|| value.clone())
}

fn is_exclusive(part: &Type) -> bool {
    matches!(part, Type::Reference(reference) if reference.mutability.is_some())
}

const PRIMITIVES: [&str; 17] = [
    "bool", "char", "str", "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64",
    "i128", "isize", "f32", "f64",
];
