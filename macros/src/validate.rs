//! Second stage, the arguments: what cannot work becomes a fault, the rest becomes a plan.

use crate::background;
use crate::contradictions;
use crate::faults::Faults;
use crate::generics::{self, Identity};
use crate::home::{self, Home};
use crate::inputs::{self, Input, Receiver};
use crate::parse::{Function, Settings};
use crate::place::{self, Place};
use crate::signature::{self, Wants};
use crate::template::{Names, Template};
use crate::values::{self, Lifetime, literal, ungrouped};
use crate::words;
use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::{Expr, ExprLit, Lit, LitStr, Path, Type};

/// Everything the expansion needs; nothing in it has to be checked again.
pub(crate) struct Plan {
    /// The function's, as written and without `r#`.
    pub(crate) written_name: Ident,
    pub(crate) name: Ident,
    /// Where the crate is that has what the attribute expands to.
    pub(crate) krate: Path,
    pub(crate) place: Place,
    pub(crate) receiver: Option<Receiver>,
    pub(crate) inputs: Vec<Input>,
    /// What tells instances of a generic function apart; only with a key of its own.
    pub(crate) identities: Vec<Identity>,
    /// The type of the stored values.
    pub(crate) stored: Type,
    pub(crate) key: Key,
    pub(crate) tags: Vec<Template>,
    /// Lengths of time by the builder's word for them.
    pub(crate) lifetimes: Vec<(&'static str, Lifetime)>,
    pub(crate) max_entries: Option<Expr>,
    pub(crate) max_weight: Option<Expr>,
    pub(crate) weigher: Option<Expr>,
    pub(crate) jitter: Option<Expr>,
    pub(crate) policy: Option<Ident>,
    pub(crate) cache_if: Option<Expr>,
    pub(crate) cache_errors: Option<Expr>,
    pub(crate) asynchronous: bool,
    pub(crate) home: Home,
    pub(crate) tier: Option<Ident>,
    pub(crate) id: Option<LitStr>,
    pub(crate) version: Option<String>,
    pub(crate) runtime: Option<Expr>,
    pub(crate) refresh_after: Option<Expr>,
    /// Its loads may end without their caller.
    pub(crate) background: bool,
}

/// Which type of cache a function asks.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `MemoryCache`.
    Memory,
    /// `Cache`.
    Tiers,
    /// Either, as the compiler finds out.
    Unknown,
}

impl Plan {
    pub(crate) fn kind(&self) -> Kind {
        match (self.asynchronous, &self.home) {
            (true, _) | (false, Home::Named(_)) => Kind::Tiers,
            (false, Home::Own) => Kind::Memory,
            (false, Home::Given(_)) => Kind::Unknown,
        }
    }

    /// Whether other functions may have their values in the same cache, so that what is said of
    /// lifetimes is said of each entry.
    pub(crate) fn shares(&self) -> bool {
        match self.home {
            Home::Own => false,
            Home::Given(_) => true,
            Home::Named(_) => !matches!(self.key, Key::Arguments),
        }
    }
}

pub(crate) enum Key {
    /// All arguments.
    Arguments,
    Template(Template),
    Expression(Expr),
    /// Written, but wrong: any text will do, for the program does not compile anyway.
    Faulty,
}

/// Faulty arguments leave their default in the plan; a function that cannot be cached has none.
pub(crate) fn plan(
    mut settings: Settings,
    default_home: Path,
    function: &Function,
    faults: &mut Faults,
) -> Option<Plan> {
    let signature = &function.signature;
    let place = place::find(function, &settings);
    let (inputs, names) = inputs::inputs(signature);
    contradictions::leave_out(&mut settings, signature, faults);
    let (asynchronous, receiver) = (signature.asyncness.is_some(), inputs::receiver(signature));
    let background =
        background::background(&settings, asynchronous, receiver.as_ref(), &inputs, faults);
    let arguments: Vec<&Ident> = inputs.iter().map(|input| &input.name).collect();
    let home = Home::of(&settings).checked(&arguments, faults);
    settings.take("cache");
    let own_key = settings.take("key");
    let cache_errors = settings.take("cache_errors");
    let wants = Wants { own_key: own_key.is_some(), errors: cache_errors.is_some() };
    let stored = signature::stored_type(function, place, wants, faults);
    let lifetimes = words::LIFETIMES.iter().filter_map(|word| {
        let lifetime = values::lifetime(settings.take(word)?, faults)?;
        Some((*word, lifetime))
    });
    let lifetimes = lifetimes.collect();
    let mut value = |word| settings.take(word);
    let identities = generics::identities(signature, &inputs);
    let home = home.without_types(&identities, faults);
    let plan = Plan {
        written_name: signature.ident.clone(),
        name: signature.ident.unraw(),
        lifetimes,
        max_entries: value("max_entries").and_then(|limit| values::limit(limit, faults)),
        max_weight: value("max_weight").and_then(|limit| values::limit(limit, faults)),
        weigher: value("weigher").and_then(|weigher| values::callable(weigher, 2, faults)),
        jitter: value("jitter").and_then(|jitter| values::share(jitter, faults)),
        policy: value("policy").and_then(|policy| values::policy(policy, faults)),
        cache_if: value("cache_if").and_then(|decide| values::callable(decide, 1, faults)),
        cache_errors: cache_errors.and_then(|decide| values::callable(decide, 1, faults)),
        tags: value("tags").map(|tags| self::tags(tags.value, &names, faults)).unwrap_or_default(),
        key: own_key.map_or(Key::Arguments, |key| self::key(key.value, &names, faults)),
        asynchronous,
        background,
        home,
        tier: value("tier").and_then(|tier| home::tier(tier, faults)),
        id: value("id").and_then(|id| home::id(id, faults)),
        version: value("version").and_then(|version| home::version(version, faults)),
        runtime: value("runtime").map(|runtime| runtime.value),
        refresh_after: value("refresh_after").and_then(|part| values::share(part, faults)),
        krate: settings.krate.unwrap_or(default_home),
        place,
        receiver,
        identities,
        inputs,
        stored: stored?,
    };
    Some(plan)
}

fn tags(value: Expr, names: &Names, faults: &mut Faults) -> Vec<Template> {
    let list = match ungrouped(&value) {
        Expr::Array(list) => list,
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => {
            faults.at(&value, format!("tags are a list: `tags = [{}]`", text.token()));
            return Vec::new();
        }
        _ => {
            faults.at(&value, "tags are a list of texts: `tags = [\"user:{id}\"]`");
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
fn hidden_names(tokens: TokenStream, names: &Names, hidden: &mut Vec<Ident>) {
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
