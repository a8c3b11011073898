//! The words that an expression uses.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::Expr;

/// All of them.
pub(crate) fn words(value: &Expr) -> Vec<Ident> {
    let mut words = Vec::new();
    collect(value.to_token_stream(), &mut words);
    words
}

/// The first of these names that the expression uses.
pub(crate) fn first(value: &Expr, names: &[&Ident]) -> Option<Ident> {
    words(value).into_iter().find(|word| names.contains(&word))
}

fn collect(tokens: TokenStream, words: &mut Vec<Ident>) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => collect(group.stream(), words),
            TokenTree::Ident(word) => words.push(word),
            _ => {}
        }
    }
}
