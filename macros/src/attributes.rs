//! Which of a function's attributes belong to which of the items it becomes.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::punctuated::Punctuated;
use syn::{Attribute, Meta, Token};

/// The attributes of each item.
#[derive(Default)]
pub(crate) struct Attributes {
    /// The function that callers see.
    pub(crate) function: Vec<TokenStream>,
    /// The enum beside it.
    pub(crate) companion: Vec<TokenStream>,
    /// The block with the associated functions.
    pub(crate) block: Vec<TokenStream>,
    /// The associated function that holds the body.
    pub(crate) body: Vec<TokenStream>,
    /// The other associated functions.
    pub(crate) generated: Vec<TokenStream>,
}

impl Attributes {
    pub(crate) fn sort(attributes: &[Attribute]) -> Attributes {
        let mut sorted = Attributes::default();
        for attribute in attributes {
            sorted.place(&attribute.meta, &|meta| quote!(#[#meta]));
        }
        sorted
    }

    fn place(&mut self, meta: &Meta, wrap: &dyn Fn(&dyn ToTokens) -> TokenStream) {
        let name = meta.path().get_ident().map(ToString::to_string);
        let here = wrap(meta);
        match name.as_deref().unwrap_or_default() {
            "cfg" => {
                self.function.push(here.clone());
                self.companion.push(here.clone());
                self.block.push(here);
            }
            "cfg_attr" => self.place_conditional(meta, wrap),
            "doc" => {
                if is_hidden(meta) {
                    self.companion.push(here.clone());
                }
                self.function.push(here);
            }
            "inline" | "cold" | "deprecated" | "no_mangle" | "export_name" | "link_section"
            | "unsafe" => self.function.push(here),
            "must_use" | "track_caller" | "warn" | "deny" | "forbid" => {
                self.function.push(here.clone());
                self.body.push(here);
            }
            "allow" => {
                self.function.push(here.clone());
                self.generated.push(here.clone());
                self.body.push(here);
            }
            // Expected is what the body does; elsewhere it may or may not happen.
            "expect" => {
                let allowed = match meta {
                    Meta::List(list) => {
                        let lints = &list.tokens;
                        wrap(&quote!(allow(#lints)))
                    }
                    _ => here.clone(),
                };
                self.function.push(allowed.clone());
                self.generated.push(allowed);
                self.body.push(here);
            }
            // Attributes of other macros work on what the function does.
            _ => self.body.push(here),
        }
    }

    /// Sorts what stands behind the condition, each under the condition.
    fn place_conditional(&mut self, meta: &Meta, wrap: &dyn Fn(&dyn ToTokens) -> TokenStream) {
        let parts = match meta {
            Meta::List(list) => list
                .parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated)
                .unwrap_or_default(),
            _ => Punctuated::new(),
        };
        let mut parts = parts.iter();
        match parts.next() {
            Some(condition) => parts.for_each(|part| {
                self.place(part, &|meta| wrap(&quote!(cfg_attr(#condition, #meta))));
            }),
            // Not ours to judge: the compiler says what is wrong with it.
            None => self.function.push(wrap(meta)),
        }
    }
}

fn is_hidden(meta: &Meta) -> bool {
    matches!(meta, Meta::List(list) if list.tokens.to_string() == "hidden")
}

#[cfg(test)]
mod tests {
    use super::*;
    use syn::parse_quote;

    fn texts(tokens: &[TokenStream]) -> Vec<String> {
        tokens.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn documentation_stays_with_the_function() {
        let sorted =
            Attributes::sort(&[parse_quote!(#[doc = " Says it."]), parse_quote!(#[must_use])]);
        assert_eq!(sorted.function.len(), 2);
        assert_eq!(texts(&sorted.body), ["# [must_use]"]);
        assert!(sorted.companion.is_empty() && sorted.generated.is_empty());
    }

    #[test]
    fn a_hidden_function_has_a_hidden_companion() {
        let sorted = Attributes::sort(&[parse_quote!(#[doc(hidden)])]);
        assert_eq!(texts(&sorted.companion), ["# [doc (hidden)]"]);
    }

    #[test]
    fn conditions_hold_for_all_items() {
        let sorted = Attributes::sort(&[parse_quote!(#[cfg(unix)])]);
        for items in [&sorted.function, &sorted.companion, &sorted.block] {
            assert_eq!(texts(items), ["# [cfg (unix)]"]);
        }
        assert!(sorted.body.is_empty(), "the block has it already");
    }

    #[test]
    fn what_is_expected_of_the_body_is_allowed_elsewhere() {
        let sorted = Attributes::sort(&[parse_quote!(#[expect(unused, reason = "soon")])]);
        assert_eq!(texts(&sorted.body), ["# [expect (unused , reason = \"soon\")]"]);
        assert_eq!(texts(&sorted.function), ["# [allow (unused , reason = \"soon\")]"]);
    }

    #[test]
    fn conditional_attributes_are_sorted_one_by_one() {
        let sorted =
            Attributes::sort(&[parse_quote!(#[cfg_attr(unix, inline, cfg_attr(test, cold))])]);
        assert_eq!(
            texts(&sorted.function),
            ["# [cfg_attr (unix , inline)]", "# [cfg_attr (unix , cfg_attr (test , cold))]"]
        );
        assert!(sorted.body.is_empty());
    }

    #[test]
    fn unknown_attributes_work_on_the_body() {
        let sorted = Attributes::sort(&[parse_quote!(#[trace::instrument(skip(id))])]);
        assert!(sorted.function.is_empty());
        assert_eq!(sorted.body.len(), 1);
    }
}
