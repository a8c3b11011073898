//! Second stage, the values of the attribute's arguments that stand for themselves.

use crate::faults::Faults;
use crate::words;
use quote::ToTokens;
use syn::{Expr, ExprLit, Lit, LitInt, LitStr, UnOp};

pub(crate) enum Span {
    Text(LitStr),
    Seconds(LitInt),
}

fn ttl(value: Expr, faults: &mut Faults) -> Option<Ttl> {
    let fault = match literal(&value) {
        Some(Lit::Str(text)) => return Some(Ttl::Text(text.clone())),
        Some(Lit::Int(number)) if is_unit(number.suffix()) => {
            format!("a lifetime with a unit is a text: `ttl = \"{number}\"`")
        }
        Some(Lit::Int(number)) => match number.base10_parse::<u64>() {
            Ok(_) => return Some(Ttl::Seconds(number.clone())),
            Err(_) => "this is more seconds than a lifetime can have; leave `ttl` out for no limit"
                .to_owned(),
        },
        Some(Lit::Float(number)) if is_unit(number.suffix()) => {
            "a lifetime is a text of whole numbers with units, such as `ttl = \"1h30m\"`".to_owned()
        }
        Some(Lit::Float(_)) => {
            "a bare number is whole seconds; write parts of a second as `ttl = \"250ms\"`"
                .to_owned()
        }
        _ if is_negative(&value) => "a lifetime cannot be negative".to_owned(),
        _ => "write the lifetime as a text such as `ttl = \"5m\"`, or as whole seconds".to_owned(),
    };
    faults.at(value, fault);
    None
}

fn max_entries(value: Expr, faults: &mut Faults) -> Option<Expr> {
    let fault = match literal(&value) {
        None if is_negative(&value) => "a cache holds at least one entry",
        None => return Some(value),
        Some(Lit::Int(number)) => match number.base10_parse::<u64>() {
            Ok(0) => {
                "a cache of no entries stores nothing; write at least 1, or remove `#[cachefn]`"
            }
            Ok(_) if matches!(number.suffix(), "" | "usize") => return Some(value),
            _ => "write the number of entries without a suffix: `max_entries = 1_000`",
        },
        Some(_) => "write the number of entries as a whole number: `max_entries = 1_000`",
    };
    faults.at(value, fault);
    None
}

fn policy(value: Expr, faults: &mut Faults) -> Option<Policy> {
    let fault = match literal(&value) {
        Some(Lit::Str(text)) => match text.value().as_str() {
            "lru" => return Some(Policy::Lru),
            "s3-fifo" => return Some(Policy::S3Fifo),
            other => words::unknown_policy(other),
        },
        _ => {
            let written = value.to_token_stream().to_string().replace(' ', "");
            let meant = words::nearest(&written.to_lowercase(), words::POLICIES);
            let example = meant.unwrap_or(words::POLICIES[0]);
            format!("the policy is a text: `policy = \"{example}\"`")
        }
    };
    faults.at(value, fault);
    None
}

fn literal(value: &Expr) -> Option<&Lit> {
    match ungrouped(value) {
        Expr::Lit(literal) => Some(&literal.lit),
        _ => None,
    }
}

/// The value without the invisible brackets of macros.
fn ungrouped(value: &Expr) -> &Expr {
    match value {
        Expr::Group(group) => ungrouped(&group.expr),
        _ => value,
    }
}

fn is_negative(value: &Expr) -> bool {
    matches!(ungrouped(value), Expr::Unary(unary)
        if matches!(unary.op, UnOp::Neg(_)) && literal(&unary.expr).is_some())
}

fn is_unit(suffix: &str) -> bool {
    !suffix.is_empty() && !["u8", "u16", "u32", "u64", "usize"].contains(&suffix)
}

