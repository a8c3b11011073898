//! Second stage, the values of the attribute's arguments: what each of them may be.

use crate::faults::Faults;
use crate::parse::Written;
use crate::words;
use proc_macro2::{Ident, Span};
use quote::ToTokens;
use syn::{Expr, ExprLit, Lit, LitInt, LitStr, UnOp};

/// A length of time; a text is read when the program is compiled.
#[derive(Clone)]
pub(crate) enum Lifetime {
    Text(LitStr),
    Seconds(LitInt),
}

impl Lifetime {
    pub(crate) fn span(&self) -> Span {
        match self {
            Lifetime::Text(text) => text.span(),
            Lifetime::Seconds(number) => number.span(),
        }
    }
}

pub(crate) fn lifetime(written: Written, faults: &mut Faults) -> Option<Lifetime> {
    let Written { name, value } = written;
    let fault = match literal(&value) {
        Some(Lit::Str(text)) => return Some(Lifetime::Text(text.clone())),
        Some(Lit::Int(number)) if is_unit(number.suffix()) => {
            format!("a length of time with a unit is a text: `{name} = \"{number}\"`")
        }
        Some(Lit::Int(number)) => match number.base10_parse::<u64>() {
            Ok(_) => return Some(Lifetime::Seconds(number.clone())),
            Err(_) => format!("these are too many seconds; leave `{name}` out for no limit"),
        },
        Some(Lit::Float(number)) if is_unit(number.suffix()) => {
            format!(
                "a length of time is a text of whole numbers with units, such as `{name} = \"1h30m\"`"
            )
        }
        Some(Lit::Float(_)) => {
            format!(
                "a bare number is whole seconds; write parts of a second as `{name} = \"250ms\"`"
            )
        }
        _ if is_negative(&value) => "a length of time cannot be negative".to_owned(),
        _ => format!("write a text such as `{name} = \"5m\"`, or whole seconds"),
    };
    faults.at(value, fault);
    None
}

/// A limit of the cache: a number, or an expression of constants.
pub(crate) fn limit(written: Written, faults: &mut Faults) -> Option<Expr> {
    let Written { name, value } = written;
    let suffix = if name == "max_weight" { "u64" } else { "usize" };
    let fault = match literal(&value) {
        None if is_negative(&value) => "a limit cannot be negative; write at least 1".to_owned(),
        None => return Some(value),
        Some(Lit::Int(number)) => match number.base10_parse::<u64>() {
            Ok(0) => "a cache of no room stores nothing; write at least 1, or remove `#[cachefn]`"
                .to_owned(),
            Ok(_) if number.suffix().is_empty() || number.suffix() == suffix => return Some(value),
            _ => format!("write the number without a suffix: `{}`", words::example(&name)),
        },
        Some(_) => format!("write a whole number: `{}`", words::example(&name)),
    };
    faults.at(value, fault);
    None
}

/// The variant of `cachefn_core::Policy`.
pub(crate) fn policy(written: Written, faults: &mut Faults) -> Option<Ident> {
    let value = written.value;
    let fault = match literal(&value) {
        Some(Lit::Str(text)) => {
            let name = text.value();
            let known = words::POLICIES.iter().find(|(known, _)| *known == name);
            match known {
                Some((_, variant)) => return Some(Ident::new(variant, Span::mixed_site())),
                None => words::unknown_policy(&name),
            }
        }
        _ => {
            let written = value.to_token_stream().to_string().replace(' ', "");
            let meant = words::nearest_policy(&written.to_lowercase());
            let example = meant.unwrap_or(words::POLICIES[0].0);
            format!("the policy is a text: `policy = \"{example}\"`")
        }
    };
    faults.at(value, fault);
    None
}

/// A share of one.
pub(crate) fn share(written: Written, faults: &mut Faults) -> Option<Expr> {
    let Written { name, value } = written;
    let number = match literal(&value) {
        Some(Lit::Float(number)) => number.base10_parse::<f64>().ok(),
        Some(Lit::Int(number)) => number.base10_parse::<f64>().ok(),
        _ => None,
    };
    match number {
        Some(number) if (0.0..=1.0).contains(&number) => {
            let number = syn::LitFloat::new(&format!("{number:?}_f64"), span(&value));
            Some(Expr::Lit(ExprLit { attrs: Vec::new(), lit: Lit::Float(number) }))
        }
        _ => {
            faults
                .at(value, format!("`{name}` is a share from 0 to 1: `{}`", words::example(&name)));
            None
        }
    }
}

/// Something to call: a closure of so many arguments, or the path of a function.
pub(crate) fn callable(written: Written, arguments: usize, faults: &mut Faults) -> Option<Expr> {
    let Written { name, value } = written;
    let fits = match ungrouped(&value) {
        Expr::Closure(closure) => closure.inputs.len() == arguments,
        Expr::Path(_) => true,
        _ => false,
    };
    if fits {
        return Some(value);
    }
    faults.at(
        value,
        format!(
            "`{name}` is a closure of {} or the name of such a function: `{}`",
            if arguments == 1 { "one argument" } else { "two arguments" },
            words::example(&name)
        ),
    );
    None
}

pub(crate) fn literal(value: &Expr) -> Option<&Lit> {
    match ungrouped(value) {
        Expr::Lit(literal) => Some(&literal.lit),
        _ => None,
    }
}

/// The value without the invisible brackets of macros.
pub(crate) fn ungrouped(value: &Expr) -> &Expr {
    match value {
        Expr::Group(group) => ungrouped(&group.expr),
        _ => value,
    }
}

fn span(value: &Expr) -> Span {
    literal(value).map_or_else(Span::call_site, Lit::span)
}

fn is_negative(value: &Expr) -> bool {
    matches!(ungrouped(value), Expr::Unary(unary)
        if matches!(unary.op, UnOp::Neg(_)) && literal(&unary.expr).is_some())
}

fn is_unit(suffix: &str) -> bool {
    !suffix.is_empty() && !["u8", "u16", "u32", "u64", "usize"].contains(&suffix)
}
