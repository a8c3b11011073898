//! The faults found so far: each points at its word, and none stops the search for more.

use proc_macro2::TokenStream;
use quote::ToTokens;
use std::fmt::Display;
use syn::Error;

#[derive(Default)]
pub(crate) struct Faults(Option<Error>);

impl Faults {
    /// Records a fault of `place`, which is underlined from its first to its last token.
    pub(crate) fn at(&mut self, place: impl ToTokens, message: impl Display) {
        self.add(Error::new_spanned(place, message));
    }

    pub(crate) fn add(&mut self, error: Error) {
        match &mut self.0 {
            Some(all) => all.combine(error),
            None => self.0 = Some(error),
        }
    }

    /// Takes over the faults of another search; says whether there were any.
    pub(crate) fn append(&mut self, found: Faults) -> bool {
        let any = found.0.is_some();
        if let Some(all) = found.0 {
            self.add(all);
        }
        any
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// One `compile_error!` for each fault, nothing when there is none.
    pub(crate) fn into_tokens(self) -> TokenStream {
        self.0.map(|all| all.into_compile_error()).unwrap_or_default()
    }

    #[cfg(test)]
    pub(crate) fn texts(self) -> Vec<String> {
        self.0
            .map(|all| all.into_iter().map(|fault| fault.to_string()).collect())
            .unwrap_or_default()
    }
}
