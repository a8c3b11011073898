//! Second stage, the arguments: what cannot work becomes a fault, the rest becomes a plan.

use crate::faults::Faults;
use crate::parse::{Function, Settings};
use crate::signature::{self, Input};
use crate::template::{Names, Template};
use crate::words;
use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{Expr, ExprLit, Lit, LitInt, LitStr, Path, Type, UnOp};

/// Everything the expansion needs; nothing in it has to be checked again.
pub(crate) struct Plan {
    pub(crate) krate: Option<Path>,
    pub(crate) inputs: Vec<Input>,
    /// The type of the stored values.
    pub(crate) stored: Type,
    pub(crate) key: Key,
    pub(crate) tags: Vec<Template>,
    pub(crate) ttl: Option<Ttl>,
    pub(crate) max_entries: Option<Expr>,
    pub(crate) policy: Option<Policy>,
}

pub(crate) enum Key {
    /// All arguments.
    Arguments,
    Template(Template),
    Expression(Expr),
    /// Written, but wrong: any text will do, for the program does not compile anyway.
    Faulty,
}

pub(crate) enum Ttl {
    Text(LitStr),
    Seconds(LitInt),
}

pub(crate) enum Policy {
    Lru,
    S3Fifo,
}

/// Faulty arguments leave their default in the plan; a function that cannot be cached has none.
pub(crate) fn plan(settings: Settings, function: &Function, faults: &mut Faults) -> Option<Plan> {
    let (inputs, names) = signature::inputs(&function.signature);
    let stored = signature::stored_type(function, settings.key.is_some(), faults);
    let plan = Plan {
        ttl: settings.ttl.and_then(|value| ttl(value, faults)),
        max_entries: settings.max_entries.and_then(|value| max_entries(value, faults)),
        policy: settings.policy.and_then(|value| policy(value, faults)),
        tags: settings.tags.map(|value| tags(value, &names, faults)).unwrap_or_default(),
        key: settings.key.map_or(Key::Arguments, |value| key(value, &names, faults)),
        krate: settings.krate,
        inputs,
        stored: stored?,
    };
    Some(plan)
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

fn tags(value: Expr, names: &Names, faults: &mut Faults) -> Vec<Template> {
    let list = match ungrouped(&value) {
        Expr::Array(list) => list,
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => {
            faults.at(&value, format!("tags are a list: `tags = [{}]`", text.token()));
            return Vec::new();
        }
        _ => {
            faults.at(&value, format!("tags are a list of texts: `{}`", words::example("tags")));
            return Vec::new();
        }
    };
    let read = list.elems.iter().filter_map(|tag| match literal(tag) {
        Some(Lit::Str(text)) if text.value().is_empty() => {
            faults.at(text, "a tag needs at least one letter; remove this one");
            None
        }
        Some(Lit::Str(text)) => Template::parse(text, names, faults),
        _ => {
            faults.at(tag, "a tag is a text, with arguments in braces such as `\"user:{id}\"`");
            None
        }
    });
    read.collect()
}

fn key(value: Expr, names: &Names, faults: &mut Faults) -> Key {
    if let Some(Lit::Str(text)) = literal(&value) {
        if text.value().is_empty() {
            faults.at(text, "an empty key would be the same for all arguments; name some, such as `\"user:{id}\"`");
            return Key::Faulty;
        }
        return Template::parse(text, names, faults).map_or(Key::Faulty, Key::Template);
    }
    let mut hidden = Vec::new();
    hidden_names(value.to_token_stream(), names, &mut hidden);
    if hidden.is_empty() {
        return Key::Expression(value);
    }
    for name in hidden {
        faults.at(
            &name,
            format!("`{name}` is inside of a pattern; give the whole argument a name and take it apart in the body"),
        );
    }
    Key::Faulty
}

/// Collects the words of an expression that only a pattern in the signature explains.
fn hidden_names(tokens: TokenStream, names: &Names, hidden: &mut Vec<proc_macro2::Ident>) {
    let mut after_dot = false;
    for token in tokens {
        match &token {
            TokenTree::Group(group) => hidden_names(group.stream(), names, hidden),
            TokenTree::Ident(word)
                if !after_dot && names.in_patterns.iter().any(|name| word == name) =>
            {
                hidden.push(word.clone());
            }
            _ => {}
        }
        after_dot = matches!(&token, TokenTree::Punct(mark) if mark.as_char() == '.');
    }
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

impl ToTokens for Policy {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.extend(match self {
            Policy::Lru => quote!(Lru),
            Policy::S3Fifo => quote!(S3Fifo),
        });
    }
}
