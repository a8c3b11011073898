//! What can be seen of a type without the compiler: borrows, opaque types, floats.

use proc_macro2::Span;
use syn::{
    AngleBracketedGenericArguments, GenericArgument, Lifetime, Path, PathArguments, ReturnType,
    Type, TypeParamBound,
};

/// A part of a type.
pub(crate) enum Part<'t> {
    Type(&'t Type),
    Lifetime(&'t Lifetime),
}

/// The type without the invisible brackets of macros and without parentheses.
pub(crate) fn bare(ty: &Type) -> &Type {
    match ty {
        Type::Group(group) => bare(&group.elem),
        Type::Paren(paren) => bare(&paren.elem),
        _ => ty,
    }
}

/// Calls `visit` with the type and everything in it, outer parts first. Signatures of function
/// pointers and closures are left out: what they borrow, they borrow only while called.
pub(crate) fn walk<'t>(ty: &'t Type, visit: &mut dyn FnMut(Part<'t>)) {
    visit(Part::Type(ty));
    match ty {
        Type::Array(array) => walk(&array.elem, visit),
        Type::Slice(slice) => walk(&slice.elem, visit),
        Type::Group(group) => walk(&group.elem, visit),
        Type::Paren(paren) => walk(&paren.elem, visit),
        Type::Ptr(pointer) => walk(&pointer.elem, visit),
        Type::Tuple(tuple) => tuple.elems.iter().for_each(|elem| walk(elem, visit)),
        Type::Reference(reference) => {
            if let Some(lifetime) = &reference.lifetime {
                visit(Part::Lifetime(lifetime));
            }
            walk(&reference.elem, visit);
        }
        Type::Path(path) => {
            if let Some(own) = &path.qself {
                walk(&own.ty, visit);
            }
            walk_path(&path.path, visit);
        }
        Type::ImplTrait(opaque) => walk_bounds(&opaque.bounds, visit),
        Type::TraitObject(object) => walk_bounds(&object.bounds, visit),
        _ => {}
    }
}

/// The first place where the type borrows from somewhere that may end.
pub(crate) fn borrow(ty: &Type) -> Option<Span> {
    let mut found = None;
    walk(ty, &mut |part| {
        let span = match part {
            Part::Type(Type::Reference(reference)) if reference.lifetime.is_none() => {
                reference.and_token.span
            }
            Part::Lifetime(lifetime) if lifetime.ident != "static" => lifetime.span(),
            _ => return,
        };
        found.get_or_insert(span);
    });
    found
}

/// The first part of the type that `wanted` says yes to.
pub(crate) fn find(ty: &Type, wanted: impl Fn(&Type) -> bool) -> Option<&Type> {
    let mut found = None;
    walk(ty, &mut |part| {
        if let Part::Type(ty) = part {
            if found.is_none() && wanted(ty) {
                found = Some(ty);
            }
        }
    });
    found
}

/// A float where the type's equality is the float's equality. Inside of other types it may be
/// wrapped by something that has one, so only the containers that surely have none are opened.
pub(crate) fn float(ty: &Type) -> Option<&Type> {
    match ty {
        Type::Array(array) => float(&array.elem),
        Type::Slice(slice) => float(&slice.elem),
        Type::Group(group) => float(&group.elem),
        Type::Paren(paren) => float(&paren.elem),
        Type::Reference(reference) => float(&reference.elem),
        Type::Tuple(tuple) => tuple.elems.iter().find_map(float),
        Type::Path(path) => {
            let last = path.path.segments.last()?;
            if path.path.is_ident("f32") || path.path.is_ident("f64") {
                return Some(ty);
            }
            let opened = ["Option", "Vec", "Box"].iter().any(|name| last.ident == name);
            opened.then(|| type_arguments(&last.arguments).find_map(float))?
        }
        _ => None,
    }
}

/// Names every borrow that has no name; says whether there was one.
pub(crate) fn name_lifetimes(ty: &mut Type, name: &Lifetime) -> bool {
    match ty {
        Type::Array(array) => name_lifetimes(&mut array.elem, name),
        Type::Slice(slice) => name_lifetimes(&mut slice.elem, name),
        Type::Group(group) => name_lifetimes(&mut group.elem, name),
        Type::Paren(paren) => name_lifetimes(&mut paren.elem, name),
        Type::Ptr(pointer) => name_lifetimes(&mut pointer.elem, name),
        Type::Tuple(tuple) => {
            tuple.elems.iter_mut().fold(false, |named, elem| name_lifetimes(elem, name) | named)
        }
        Type::Reference(reference) => {
            let named = match &mut reference.lifetime {
                Some(lifetime) => name_lifetime(lifetime, name),
                absent => absent.replace(name.clone()).is_none(),
            };
            name_lifetimes(&mut reference.elem, name) | named
        }
        Type::Path(path) => name_in_path(&mut path.path, name),
        Type::ImplTrait(opaque) => name_in_bounds(&mut opaque.bounds, name),
        Type::TraitObject(object) => name_in_bounds(&mut object.bounds, name),
        _ => false,
    }
}

fn name_lifetime(lifetime: &mut Lifetime, name: &Lifetime) -> bool {
    let unnamed = lifetime.ident == "_";
    if unnamed {
        *lifetime = name.clone();
    }
    unnamed
}

fn name_in_path(path: &mut Path, name: &Lifetime) -> bool {
    let mut named = false;
    for segment in &mut path.segments {
        let PathArguments::AngleBracketed(listed) = &mut segment.arguments else {
            continue;
        };
        for argument in &mut listed.args {
            named |= match argument {
                GenericArgument::Lifetime(lifetime) => name_lifetime(lifetime, name),
                GenericArgument::Type(ty) => name_lifetimes(ty, name),
                GenericArgument::AssocType(bound) => name_lifetimes(&mut bound.ty, name),
                _ => false,
            };
        }
    }
    named
}

fn name_in_bounds<'t>(
    bounds: impl IntoIterator<Item = &'t mut TypeParamBound>,
    name: &Lifetime,
) -> bool {
    bounds.into_iter().fold(false, |named, bound| match bound {
        TypeParamBound::Lifetime(lifetime) => name_lifetime(lifetime, name) | named,
        TypeParamBound::Trait(bound) => name_in_path(&mut bound.path, name) | named,
        _ => named,
    })
}

/// What a function of this return type leaves in the cache: the `T` of a `Result<T, …>`.
pub(crate) fn success(output: &Type) -> &Type {
    if let Type::Path(path) = bare(output) {
        if let Some(last) = path.path.segments.last() {
            if last.ident == "Result" {
                return type_arguments(&last.arguments).next().unwrap_or(output);
            }
        }
    }
    output
}

/// What a function of this return type fails with: the `E` of a `Result<T, E>`, or all of a `Result`
/// whose error has no place in it.
pub(crate) fn failure(output: &Type) -> Option<&Type> {
    let Type::Path(path) = bare(output) else {
        return None;
    };
    let last = path.path.segments.last().filter(|last| last.ident == "Result")?;
    let mut listed = type_arguments(&last.arguments);
    listed.next()?;
    Some(listed.next().unwrap_or(output))
}

/// Whether the type is a path that ends in `name`.
pub(crate) fn is_named(ty: &Type, name: &str) -> bool {
    matches!(bare(ty), Type::Path(path)
        if path.path.segments.last().is_some_and(|last| last.ident == name))
}

/// The written return type, unless it is `()`.
pub(crate) fn returned(output: &ReturnType) -> Option<&Type> {
    let ReturnType::Type(_, ty) = output else {
        return None;
    };
    match bare(ty) {
        Type::Tuple(tuple) if tuple.elems.is_empty() => None,
        _ => Some(ty),
    }
}

fn type_arguments(arguments: &PathArguments) -> impl Iterator<Item = &Type> {
    let listed = match arguments {
        PathArguments::AngleBracketed(listed) => Some(&listed.args),
        _ => None,
    };
    listed.into_iter().flatten().filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}

fn walk_path<'t>(path: &'t Path, visit: &mut dyn FnMut(Part<'t>)) {
    for segment in &path.segments {
        if let PathArguments::AngleBracketed(listed) = &segment.arguments {
            walk_arguments(listed, visit);
        }
    }
}

fn walk_arguments<'t>(listed: &'t AngleBracketedGenericArguments, visit: &mut dyn FnMut(Part<'t>)) {
    for argument in &listed.args {
        match argument {
            GenericArgument::Lifetime(lifetime) => visit(Part::Lifetime(lifetime)),
            GenericArgument::Type(ty) => walk(ty, visit),
            GenericArgument::AssocType(bound) => walk(&bound.ty, visit),
            _ => {}
        }
    }
}

fn walk_bounds<'t>(
    bounds: impl IntoIterator<Item = &'t TypeParamBound>,
    visit: &mut dyn FnMut(Part<'t>),
) {
    for bound in bounds {
        match bound {
            TypeParamBound::Lifetime(lifetime) => visit(Part::Lifetime(lifetime)),
            TypeParamBound::Trait(bound) => walk_path(&bound.path, visit),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests;
