//! Second stage, the surroundings: whether the function stands in a module or belongs to a type.

use crate::parse::{Function, Settings};
use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};
use quote::ToTokens;

/// Where the companions of a function can stand.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// In an enum beside the function.
    Module,
    /// Beside the function, in the same `impl`.
    Impl,
    /// Nowhere: the `impl` of a trait has the trait's methods only.
    Trait,
}

/// An attribute does not see what is around its function; `self` and `Self` are what only functions of
/// a type have.
pub(crate) fn find(function: &Function, settings: &Settings) -> Place {
    if settings.in_trait {
        return Place::Trait;
    }
    let belongs = own_type(settings.tokens.clone()).is_some()
        || function.signature.receiver().is_some()
        || own_type(function.signature.to_token_stream()).is_some()
        || own_type(function.body.stream()).is_some();
    if belongs { Place::Impl } else { Place::Module }
}

/// The first `Self` that is not of an item inside.
fn own_type(tokens: TokenStream) -> Option<Ident> {
    let mut in_item = false;
    for token in tokens {
        match token {
            TokenTree::Ident(word) if word == "Self" && !in_item => return Some(word),
            TokenTree::Ident(word) if ITEMS.iter().any(|item| word == item) => in_item = true,
            TokenTree::Punct(mark) if mark.as_char() == ';' => in_item = false,
            TokenTree::Group(group) => {
                if !in_item {
                    let found = own_type(group.stream());
                    if found.is_some() {
                        return found;
                    }
                }
                in_item &= group.delimiter() != Delimiter::Brace;
            }
            _ => {}
        }
    }
    None
}

/// What begins an item that has a `Self` of its own, or words that are no code yet.
const ITEMS: [&str; 6] = ["impl", "trait", "struct", "enum", "union", "macro_rules"];

#[cfg(test)]
mod tests {
    use super::*;
    use quote::quote;

    #[test]
    fn the_word_self_counts_outside_of_items() {
        assert!(own_type(quote!(let base = Self::base(); base + 1)).is_some());
        assert!(
            own_type(quote!(if id > 0 {
                vec![Self { id }]
            }))
            .is_some()
        );
        let node = quote! {
            struct Node { next: Option<Box<Self>> }
            impl Node { fn new() -> Self { Self { next: None } } }
            Node::new()
        };
        assert!(own_type(node).is_none());
        assert!(own_type(quote!(struct Unit;, Self::unit(Unit))).is_some());
    }
}
