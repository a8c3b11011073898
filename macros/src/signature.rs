//! Second stage, the function: what its signature must not have, and what the expansion needs of it.

use crate::faults::Faults;
use crate::parse::Function;
use crate::template::Names;
use crate::types;
use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{FnArg, GenericParam, Pat, PatType, Signature, Type};

/// The arguments that a look-up can compare without a key of its own.
const ARGUMENTS_MAX: usize = 12;

/// An argument under a name that generated code can use.
pub(crate) struct Input {
    pub(crate) name: Ident,
    pub(crate) ty: Type,
}

/// Says everything that keeps the function from being cached, and gives the type of the stored
/// values if nothing does. `own_key`: the attribute has a `key`, so the arguments need not be one.
pub(crate) fn stored_type(function: &Function, own_key: bool, faults: &mut Faults) -> Option<Type> {
    let mut found = Faults::default();
    let signature = &function.signature;
    qualifiers(function, &mut found);
    generics(signature, &mut found);
    for input in &signature.inputs {
        match input {
            FnArg::Typed(typed) => argument(typed, own_key, &mut found),
            FnArg::Receiver(receiver) => found.at(
                receiver,
                "methods cannot be cached in this version; cache a free function and call it from the method",
            ),
        }
    }
    if let (None, Some(word)) = (signature.receiver(), own_type(signature.to_token_stream())) {
        found.at(
            word,
            "associated functions cannot be cached in this version; cache a free function and call it from here",
        );
    }
    if !own_key {
        if let Some(thirteenth) = signature.inputs.iter().nth(ARGUMENTS_MAX) {
            found.at(
                thirteenth,
                "more than 12 arguments are no key by themselves; add `key = …`, or pass a struct",
            );
        }
    }
    let stored = success_type(signature, &mut found);
    let faulty = faults.append(found);
    stored.filter(|_| !faulty)
}

/// Gives every argument a name: its own if it has one, else one that no user code can know.
pub(crate) fn inputs(signature: &Signature) -> (Vec<Input>, Names) {
    let mut names = Names::default();
    let mut inputs = Vec::new();
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

fn qualifiers(function: &Function, faults: &mut Faults) {
    let signature = &function.signature;
    for attribute in &function.attributes {
        if attribute.path().segments.last().is_some_and(|last| last.ident == "cachefn") {
            faults.at(attribute, "`#[cachefn]` is given twice; remove one of the two");
        }
    }
    if let Some(word) = &signature.asyncness {
        faults.at(
            word,
            "asynchronous functions cannot be cached in this version; they come with the storage-backed cache",
        );
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
    if PRIMITIVES.contains(&name.as_str()) {
        faults.at(
            &signature.ident,
            format!("beside the function stands an enum of its name, which would hide the type `{name}`; rename the function"),
        );
    }
}

fn generics(signature: &Signature, faults: &mut Faults) {
    for parameter in &signature.generics.params {
        let (name, kind) = match parameter {
            GenericParam::Type(parameter) => (&parameter.ident, "type"),
            GenericParam::Const(parameter) => (&parameter.ident, "const"),
            GenericParam::Lifetime(_) => continue,
        };
        faults.at(
            name,
            format!("functions with {kind} parameters cannot be cached in this version; write the concrete type, or cache a function for each"),
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
    if let Some(opaque) = types::find(ty, |part| matches!(part, Type::ImplTrait(_))) {
        return faults.at(
            opaque,
            "`impl Trait` arguments cannot be cached in this version; write the concrete type",
        );
    }
    let exclusive =
        |part: &Type| matches!(part, Type::Reference(reference) if reference.mutability.is_some());
    if let Some(reference) = types::find(ty, exclusive) {
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
    if let Some(place) = types::borrow(own) {
        faults.add(syn::Error::new(
            place,
            "what is borrowed here cannot be kept as a key; take owned values or one plain reference such as `&str`, or add `key = …`",
        ));
    }
}

/// The type of the stored values, if the function returns something that can be stored.
fn success_type(signature: &Signature, faults: &mut Faults) -> Option<Type> {
    let Some(output) = types::returned(&signature.output) else {
        faults.at(
            &signature.ident,
            "this function returns nothing that could be cached; return a value, or remove `#[cachefn]`",
        );
        return None;
    };
    let value = types::success(output);
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
    Some(value.clone())
}

/// The first `Self`: only functions of types and traits have it.
fn own_type(tokens: TokenStream) -> Option<Ident> {
    tokens.into_iter().find_map(|token| match token {
        TokenTree::Ident(word) if word == "Self" => Some(word),
        TokenTree::Group(group) => own_type(group.stream()),
        _ => None,
    })
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

const PRIMITIVES: [&str; 17] = [
    "bool", "char", "str", "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64",
    "i128", "isize", "f32", "f64",
];
