//! Second stage, where the values of a function live, and under which names.

use crate::faults::Faults;
use crate::generics::Identity;
use crate::mentions;
use crate::parse::{Settings, Written};
use crate::values::{literal, ungrouped};
use proc_macro2::{Ident, Span};
use syn::{Expr, Lit, LitStr};

/// The cache of a function.
pub(crate) enum Home {
    /// One of its own, in memory.
    Own,
    /// One that the program registers under a name.
    Named(LitStr),
    /// One that the program has at hand.
    Given(Expr),
}

impl Home {
    /// What the argument `cache` says, before it is taken.
    pub(crate) fn of(settings: &Settings) -> Home {
        match settings.value("cache") {
            None => Home::Own,
            Some(value) => match literal(value) {
                Some(Lit::Str(name)) => Home::Named(name.clone()),
                _ => Home::Given(value.clone()),
            },
        }
    }

    /// The cache as it was written; a function whose cache is faulty has one of its own.
    pub(crate) fn checked(self, arguments: &[&Ident], faults: &mut Faults) -> Home {
        let fault = match &self {
            Home::Own => None,
            Home::Named(name) if name.value().is_empty() => {
                Some("a named cache has a name of at least one letter: `cache = \"users\"`")
            }
            Home::Named(name) if name.value().contains('/') => Some(
                "the name of a cache has no `/`, which stands between it and the name of a function in a storage",
            ),
            Home::Named(_) => None,
            Home::Given(value) if literal(value).is_some() => Some(
                "write the name of a cache, `cache = \"users\"`, or an expression: `cache = &USERS`",
            ),
            Home::Given(value) => {
                if let Some(argument) = mentions::first(value, arguments) {
                    faults.at(
                        &argument,
                        format!("`{argument}` is an argument of the function; all calls share one cache, so name a static, or a field of `self`"),
                    );
                    return Home::Own;
                }
                None
            }
        };
        match (fault, &self) {
            (None, _) => self,
            (Some(fault), Home::Named(name)) => {
                faults.at(name, fault);
                Home::Own
            }
            (Some(fault), Home::Given(value)) => {
                faults.at(value, fault);
                Home::Own
            }
            (Some(_), Home::Own) => Home::Own,
        }
    }

    /// A storage knows names, which types do not have for long.
    pub(crate) fn without_types(self, identities: &[Identity], faults: &mut Faults) -> Home {
        match &self {
            Home::Named(_) | Home::Given(_) if identities.is_empty() => self,
            Home::Own => self,
            Home::Named(name) => {
                faults.at(name, TYPED);
                Home::Own
            }
            Home::Given(value) => {
                faults.at(value, TYPED);
                Home::Own
            }
        }
    }
}

/// The variant of `cachefn_core::Tier`.
pub(crate) fn tier(written: Written, faults: &mut Faults) -> Option<Ident> {
    let value = written.value;
    if let Expr::Path(path) = ungrouped(&value) {
        let known = TIERS.iter().find(|(word, _)| path.path.is_ident(word));
        if let Some((_, variant)) = known {
            return Some(Ident::new(variant, Span::mixed_site()));
        }
    }
    faults.at(value, "a tier is one of the words `memory`, `storage` and `both`: `tier = memory`");
    None
}

/// What stands for the function in the names of its entries.
pub(crate) fn id(written: Written, faults: &mut Faults) -> Option<LitStr> {
    let value = written.value;
    match literal(&value) {
        Some(Lit::Str(text)) if text.value().is_empty() => {
            faults.at(text, "an empty id would be that of many functions; write `id = \"user\"`");
            None
        }
        Some(Lit::Str(text)) => Some(text.clone()),
        _ => {
            faults.at(value, "an id is a text: `id = \"user\"`");
            None
        }
    }
}

/// What is changed to leave the entries of before behind.
pub(crate) fn version(written: Written, faults: &mut Faults) -> Option<String> {
    let value = written.value;
    match literal(&value) {
        Some(Lit::Str(text)) if !text.value().is_empty() => Some(text.value()),
        Some(Lit::Int(number)) if number.suffix().is_empty() => {
            Some(number.base10_digits().to_owned())
        }
        _ => {
            faults.at(value, "a version is a whole number or a text: `version = 2`");
            None
        }
    }
}

const TYPED: &str = "the types of a generic function join its key, and a storage has no names for types; cache a function for each type, or leave `cache` out";

const TIERS: [(&str, &str); 3] = [("memory", "Memory"), ("storage", "Storage"), ("both", "Both")];
