//! How arguments are a key without one of their own: the owned types, and their borrowed form.

use crate::types;
use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{GenericArgument, PathArguments, Type};

/// What a type looks like to a key.
enum Shape<'t> {
    /// Nothing in it borrows.
    Owned(&'t Type),
    Reference(&'t Type),
    Text,
    /// A slice, array or `Vec`.
    List(&'t Type),
    Option(&'t Type),
    Tuple(Vec<&'t Type>),
    /// `Cow<'_, T>` is a `T`.
    Cow(&'t Type),
    /// Something is borrowed where it cannot be reached.
    Closed(Span),
}

/// The part of a key that stands for an argument of type `ty`.
pub(crate) fn owned(ty: &Type, private: &TokenStream) -> TokenStream {
    match shape(ty) {
        Shape::Owned(ty) => ty.to_token_stream(),
        Shape::Text => quote!(#private::String),
        Shape::Reference(inner) | Shape::Cow(inner) => match shape(inner) {
            Shape::Owned(ty) => quote_spanned!(ty.span()=> <#ty as #private::ToOwned>::Owned),
            _ => owned(inner, private),
        },
        Shape::List(element) => {
            let element = owned(element, private);
            quote!(#private::Vec<#element>)
        }
        Shape::Option(inner) => {
            let inner = owned(inner, private);
            quote!(::core::option::Option<#inner>)
        }
        Shape::Tuple(parts) => {
            let parts = parts.into_iter().map(|part| owned(part, private));
            quote!((#(#parts,)*))
        }
        Shape::Closed(_) => quote!(()),
    }
}

/// The borrowed form of that part; `place` is an expression of type `&ty`.
pub(crate) fn borrowed(ty: &Type, place: TokenStream, private: &TokenStream) -> TokenStream {
    let site = Span::mixed_site();
    match shape(ty) {
        Shape::Owned(_) | Shape::Text | Shape::Closed(_) => place,
        Shape::Reference(inner) => borrowed(inner, quote!(*#place), private),
        Shape::Cow(inner) => borrowed(inner, quote!(&**#place), private),
        // A list of owned elements is compared as a slice, whatever holds it.
        Shape::List(element) if matches!(shape(element), Shape::Owned(_)) => place,
        Shape::List(element) => {
            let part = borrowed(element, quote_spanned!(site=> __part), private);
            quote_spanned!(site=> #private::List::new(&(#place)[..], |__part| #part))
        }
        Shape::Option(inner) => {
            let part = borrowed(inner, quote_spanned!(site=> __part), private);
            quote_spanned!(site=> #private::Maybe((#place).as_ref().map(|__part| #part)))
        }
        Shape::Tuple(parts) => {
            let parts = parts.into_iter().enumerate().map(|(position, part)| {
                let position = syn::Index::from(position);
                borrowed(part, quote_spanned!(site=> (&(#place).#position)), private)
            });
            quote_spanned!(site=> #private::Arguments((#(#parts,)*)))
        }
    }
}

/// The first place where an argument of this type borrows what a key cannot keep.
pub(crate) fn unreachable_borrow(ty: &Type) -> Option<Span> {
    match shape(ty) {
        Shape::Owned(_) | Shape::Text => None,
        Shape::Reference(inner) | Shape::Cow(inner) | Shape::List(inner) | Shape::Option(inner) => {
            unreachable_borrow(inner)
        }
        Shape::Tuple(parts) => parts.into_iter().find_map(unreachable_borrow),
        Shape::Closed(place) => Some(place),
    }
}

fn shape(ty: &Type) -> Shape<'_> {
    let ty = types::bare(ty);
    // A slice is the only type without a borrow that has no size, besides `str`.
    match ty {
        Type::Slice(slice) => return Shape::List(&slice.elem),
        Type::Path(path) if path.path.is_ident("str") => return Shape::Text,
        _ => {}
    }
    let Some(place) = types::borrow(ty) else {
        return Shape::Owned(ty);
    };
    match ty {
        Type::Reference(reference) => Shape::Reference(&reference.elem),
        Type::Array(array) => Shape::List(&array.elem),
        Type::Tuple(tuple) => Shape::Tuple(tuple.elems.iter().collect()),
        Type::Path(path) => {
            let Some(last) = path.path.segments.last() else {
                return Shape::Closed(place);
            };
            let only = match &last.arguments {
                PathArguments::AngleBracketed(listed) => {
                    let mut types = listed.args.iter().filter_map(|argument| match argument {
                        GenericArgument::Type(ty) => Some(ty),
                        _ => None,
                    });
                    types.next().filter(|_| types.next().is_none())
                }
                _ => None,
            };
            match (last.ident.to_string().as_str(), only) {
                ("Option", Some(inner)) => Shape::Option(inner),
                ("Vec", Some(inner)) => Shape::List(inner),
                ("Cow", Some(inner)) => Shape::Cow(inner),
                _ => Shape::Closed(place),
            }
        }
        _ => Shape::Closed(place),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use syn::parse_quote;

    fn forms(ty: Type) -> (String, String) {
        let private = quote!(p);
        let text = |tokens: TokenStream| tokens.to_string().replace(' ', "");
        (text(owned(&ty, &private)), text(borrowed(&ty, quote!(it), &private)))
    }

    #[test]
    fn references_are_kept_owned_wherever_they_are_reached() {
        for (ty, key, look_up) in [
            (parse_quote!(u64), "u64", "it"),
            (parse_quote!(&str), "p::String", "*it"),
            (parse_quote!(&&'a str), "p::String", "**it"),
            (parse_quote!(&[u8]), "p::Vec<u8>", "*it"),
            (parse_quote!(&Path), "<Pathasp::ToOwned>::Owned", "*it"),
            (
                parse_quote!(Option<&str>),
                "::core::option::Option<p::String>",
                "p::Maybe((it).as_ref().map(|__part|*__part))",
            ),
            (parse_quote!((u8, &str)), "(u8,p::String,)", "p::Arguments(((&(it).0),*(&(it).1),))"),
            (
                parse_quote!(&[&str]),
                "p::Vec<p::String>",
                "p::List::new(&(*it)[..],|__part|*__part)",
            ),
            (parse_quote!(Cow<'_, str>), "p::String", "&**it"),
            (parse_quote!(Option<&'static str>), "Option<&'staticstr>", "it"),
        ] {
            assert_eq!(forms(ty), (key.to_owned(), look_up.to_owned()));
        }
    }

    #[test]
    fn a_borrow_that_cannot_be_reached_is_told() {
        let closed: [Type; 4] = [
            parse_quote!(View<'_>),
            parse_quote!(Option<View<'a>>),
            parse_quote!(HashMap<u8, &str>),
            parse_quote!(&Box<&str>),
        ];
        for ty in &closed {
            assert!(unreachable_borrow(ty).is_some());
        }
        assert!(unreachable_borrow(&parse_quote!(&(Option<&str>, [&u8; 2]))).is_none());
    }
}
