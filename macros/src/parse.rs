//! First stage: tokens into words, the arguments of the attribute and the function it stands on.

use crate::faults::Faults;
use crate::words;
use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::{Attribute, Error, Expr, Ident, Lit, Path, Result, Signature, Token, Visibility, token};

/// The arguments as written: names are checked, values are not.
#[derive(Default)]
pub(crate) struct Settings {
    written: Vec<Written>,
    pub(crate) krate: Option<Path>,
    /// `trait`: the function stands in the `impl` of one.
    pub(crate) in_trait: bool,
    /// All of it, for who looks for a word.
    pub(crate) tokens: TokenStream,
}

/// An argument as written.
pub(crate) struct Written {
    pub(crate) name: Ident,
    pub(crate) value: Expr,
}

impl Settings {
    /// Where the argument `name` is written.
    pub(crate) fn given(&self, name: &str) -> Option<&Ident> {
        self.written.iter().map(|written| &written.name).find(|written| *written == name)
    }

    /// The value of the argument `name`, as written.
    pub(crate) fn value(&self, name: &str) -> Option<&Expr> {
        self.written.iter().find(|written| written.name == name).map(|written| &written.value)
    }

    /// Hands out the argument `name`.
    pub(crate) fn take(&mut self, name: &str) -> Option<Written> {
        let position = self.written.iter().position(|written| written.name == name)?;
        Some(self.written.swap_remove(position))
    }
}

/// The function as written. Its body stays unread: whatever the compiler takes, we pass on.
pub(crate) struct Function {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) visibility: Visibility,
    pub(crate) signature: Signature,
    pub(crate) body: Group,
}

/// Reads `name = value, …`. After a fault it goes on behind the next comma.
pub(crate) fn settings(tokens: TokenStream, faults: &mut Faults) -> Settings {
    let mut settings = Settings { tokens: tokens.clone(), ..Settings::default() };
    let whole = |input: ParseStream| {
        while !input.is_empty() {
            let read = setting(input, &mut settings, faults).and_then(|()| {
                if input.is_empty() || input.peek(Token![,]) {
                    Ok(())
                } else {
                    Err(input.error("separate the arguments by commas"))
                }
            });
            if let Err(fault) = read {
                faults.add(fault);
                while !input.is_empty() && !input.peek(Token![,]) {
                    input.parse::<TokenTree>()?;
                }
            }
            input.parse::<Option<Token![,]>>()?;
        }
        Ok(())
    };
    if let Err(fault) = whole.parse2(tokens) {
        faults.add(fault);
    }
    settings
}

/// Reads the function, or says what stands there instead.
pub(crate) fn function(tokens: TokenStream, faults: &mut Faults) -> Option<Function> {
    match syn::parse2(tokens) {
        Ok(function) => Some(function),
        Err(fault) => {
            faults.add(fault);
            None
        }
    }
}

impl Parse for Function {
    fn parse(input: ParseStream) -> Result<Function> {
        let attributes = input.call(Attribute::parse_outer)?;
        let visibility = input.parse()?;
        if !starts_function(input) {
            return Err(input.error("#[cachefn] stands on functions only; move it to one"));
        }
        let signature: Signature = input.parse()?;
        if !input.peek(token::Brace) {
            return Err(Error::new_spanned(
                signature,
                "a function without a body cannot be cached; put #[cachefn] on the one that has it",
            ));
        }
        let body = match input.parse()? {
            TokenTree::Group(group) => without_brackets(group),
            other => return Err(Error::new_spanned(other, "a body in braces is expected")),
        };
        Ok(Function { attributes, visibility, signature, body })
    }
}

impl ToTokens for Function {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        for attribute in &self.attributes {
            attribute.to_tokens(tokens);
        }
        self.visibility.to_tokens(tokens);
        self.signature.to_tokens(tokens);
        self.body.to_tokens(tokens);
    }
}

fn setting(input: ParseStream, settings: &mut Settings, faults: &mut Faults) -> Result<()> {
    if input.peek(Lit) {
        let literal: Lit = input.parse()?;
        return Err(Error::new_spanned(
            literal,
            "arguments have names, for example `ttl = \"5m\"`",
        ));
    }
    let name = input.call(Ident::parse_any)?;
    let word = name.to_string();
    if word == "Self" {
        // It says where the function stands.
        return Ok(());
    }
    if word == "trait" {
        settings.in_trait = true;
        return Ok(());
    }
    let known = words::ARGUMENTS.iter().any(|(known, _)| *known == word);
    if !known {
        faults.at(&name, words::unknown_argument(&word));
    }
    if !input.peek(Token![=]) {
        let fault = Error::new_spanned(
            &name,
            format!("`{word}` needs a value: `{}`", words::example(&name)),
        );
        while !input.is_empty() && !input.peek(Token![,]) {
            input.parse::<TokenTree>()?;
        }
        return if known { Err(fault) } else { Ok(()) };
    }
    input.parse::<Token![=]>()?;
    if word == "crate" {
        if input.peek(Lit) {
            let literal: Lit = input.parse()?;
            return Err(Error::new_spanned(
                literal,
                "write the path without quotes: `crate = path::to::cachefn_core`",
            ));
        }
        let path = input.call(Path::parse_mod_style)?;
        if settings.krate.replace(path).is_some() {
            return Err(given_twice(&name));
        }
        return Ok(());
    }
    let value: Expr = input.parse()?;
    if settings.written.iter().any(|written| written.name == name) {
        return Err(given_twice(&name));
    }
    if known {
        settings.written.push(Written { name, value });
    }
    Ok(())
}

/// The body without the invisible brackets that a macro puts around a `$body:block`.
fn without_brackets(group: Group) -> Group {
    let inner = match group.delimiter() {
        Delimiter::None => group.stream().into_iter().next(),
        _ => None,
    };
    match inner {
        Some(TokenTree::Group(inner)) => without_brackets(inner),
        _ => group,
    }
}

fn given_twice(name: &Ident) -> Error {
    Error::new_spanned(name, format!("`{name}` is given twice; remove one of the two"))
}

fn starts_function(input: ParseStream) -> bool {
    let ahead = input.fork();
    let mut words = 0;
    // `const async unsafe extern "C" fn` is the longest way to get there.
    while words < 5 && !ahead.peek(Token![fn]) {
        let qualifier = ahead.peek(Token![const])
            || ahead.peek(Token![async])
            || ahead.peek(Token![unsafe])
            || ahead.peek(Token![extern])
            || ahead.peek(Lit);
        if !qualifier || ahead.parse::<TokenTree>().is_err() {
            return false;
        }
        words += 1;
    }
    ahead.peek(Token![fn])
}
