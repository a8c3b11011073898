//! Key and tag templates: `"user:{id}:{opts.lang}"` into texts and fields, `{{` and `}}` for braces.

use crate::faults::Faults;
use crate::words;
use proc_macro2::{Ident, Span};
use syn::ext::IdentExt;
use syn::parse::Parser;
use syn::{Index, LitStr, Member};

#[derive(Clone)]
pub(crate) struct Template {
    pub(crate) pieces: Vec<Piece>,
    /// Where the template stands, for errors found by the compiler.
    pub(crate) span: Span,
}

#[derive(Clone)]
pub(crate) enum Piece {
    Text(String),
    Field(Field),
}

/// An argument, or a part of one: `opts.lang`.
#[derive(Clone)]
pub(crate) struct Field {
    pub(crate) argument: Ident,
    pub(crate) members: Vec<Member>,
}

/// The names a template may use, and those it cannot see because they are inside of a pattern.
#[derive(Default)]
pub(crate) struct Names {
    pub(crate) arguments: Vec<Ident>,
    pub(crate) in_patterns: Vec<String>,
}

impl Template {
    /// All faults of the text are reported; then there is no template.
    pub(crate) fn parse(literal: &LitStr, names: &Names, faults: &mut Faults) -> Option<Template> {
        let (raw, mut texts) = split(&literal.value());
        let mut pieces = Vec::new();
        for piece in raw {
            match piece {
                Raw::Text(text) => pieces.push(Piece::Text(text)),
                Raw::Field(path) => match field(&path, names, literal.span()) {
                    Ok(field) => pieces.push(Piece::Field(field)),
                    Err(text) => texts.push(text),
                },
            }
        }
        if texts.is_empty() {
            return Some(Template { pieces, span: literal.span() });
        }
        for text in texts {
            faults.at(literal, text);
        }
        None
    }
}

#[derive(Debug, PartialEq)]
enum Raw {
    Text(String),
    Field(String),
}

/// Cuts the text at its braces. Faulty parts are left out of the pieces and told beside them.
fn split(text: &str) -> (Vec<Raw>, Vec<String>) {
    let mut pieces = Vec::new();
    let mut faults = Vec::new();
    let mut literal = String::new();
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '{' | '}' if letters.peek() == Some(&letter) => {
                letters.next();
                literal.push(letter);
            }
            '{' => {
                if !literal.is_empty() {
                    pieces.push(Raw::Text(std::mem::take(&mut literal)));
                }
                let mut path = String::new();
                let mut closed = false;
                for letter in letters.by_ref() {
                    closed = letter == '}';
                    if closed {
                        break;
                    }
                    path.push(letter);
                }
                if !closed {
                    faults.push(format!(
                        "the brace before `{path}` is never closed; write `}}` behind the argument's name, or `{{{{` for a brace"
                    ));
                    break;
                }
                if let Some(Raw::Field(before)) = pieces.last() {
                    faults.push(format!(
                        "`{{{before}}}{{{path}}}` run together, so that different arguments could make one text; put a separator such as `:` between them"
                    ));
                }
                pieces.push(Raw::Field(path));
            }
            '}' => faults.push("this `}` closes nothing; write `}}` for a brace".to_owned()),
            letter => literal.push(letter),
        }
    }
    if !literal.is_empty() {
        pieces.push(Raw::Text(literal));
    }
    (pieces, faults)
}

/// Finds the argument that `path` starts with.
fn field(path: &str, names: &Names, span: Span) -> Result<Field, String> {
    let mut parts = path.split('.');
    let root = parts.next().unwrap_or_default();
    if path.is_empty() {
        return Err("`{}` names no argument; write its name between the braces".to_owned());
    }
    let inside = Span::mixed_site().located_at(span);
    let members: Option<Vec<Member>> = parts.map(|part| member(part, inside)).collect();
    let (Some(_), Some(members)) = (name(root), members) else {
        return Err(format!(
            "`{{{path}}}` is not a field; write an argument's name, or a part of it such as `{{user.id}}`"
        ));
    };
    // The place is the literal's, the scope the argument's: both may come from different macros.
    let found =
        names.arguments.iter().find(|argument| argument.unraw() == root.trim_start_matches("r#"));
    if let Some(argument) = found {
        let mut argument = argument.clone();
        argument.set_span(argument.span().located_at(span));
        return Ok(Field { argument, members });
    }
    if names.in_patterns.iter().any(|name| name == root) {
        return Err(format!(
            "`{root}` is inside of a pattern; give the whole argument a name and take it apart in the body"
        ));
    }
    let known: Vec<String> = names.arguments.iter().map(|name| name.unraw().to_string()).collect();
    Err(match words::nearest(root, known.iter().map(String::as_str)) {
        Some(word) => format!("no argument is named `{root}`; did you mean `{word}`?"),
        None if known.is_empty() => {
            format!("no argument is named `{root}`; write `{{{{{root}}}}}` for the text in braces")
        }
        None => format!("no argument is named `{root}`; there is {}", known.join(", ")),
    })
}

/// A name and nothing else, not even a space.
fn name(text: &str) -> Option<Ident> {
    let found = Ident::parse_any.parse_str(text).ok()?;
    (found == text).then_some(found)
}

fn member(text: &str, span: Span) -> Option<Member> {
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        let index = text.parse().ok()?;
        return Some(Member::Unnamed(Index { index, span }));
    }
    let mut name = name(text)?;
    name.set_span(span);
    Some(Member::Named(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Names {
        let argument = |name| Ident::new(name, Span::call_site());
        Names {
            arguments: vec![
                argument("id"),
                argument("opts"),
                Ident::new_raw("type", Span::call_site()),
            ],
            in_patterns: vec!["left".to_owned()],
        }
    }

    fn faults_of(text: &str) -> Vec<String> {
        let mut faults = Faults::default();
        let literal = LitStr::new(text, Span::call_site());
        let template = Template::parse(&literal, &names(), &mut faults);
        let texts = faults.texts();
        assert_eq!(template.is_none(), !texts.is_empty(), "{text}");
        texts
    }

    #[test]
    fn texts_and_fields_alternate() {
        let (pieces, faults) = split("user:{id}:{opts.lang}!");
        assert!(faults.is_empty());
        assert_eq!(
            pieces,
            [
                Raw::Text("user:".to_owned()),
                Raw::Field("id".to_owned()),
                Raw::Text(":".to_owned()),
                Raw::Field("opts.lang".to_owned()),
                Raw::Text("!".to_owned()),
            ]
        );
    }

    #[test]
    fn doubled_braces_are_text() {
        let (pieces, faults) = split("{{{id}}}");
        assert!(faults.is_empty(), "{faults:?}");
        assert_eq!(
            pieces,
            [Raw::Text("{".to_owned()), Raw::Field("id".to_owned()), Raw::Text("}".to_owned()),]
        );
    }

    #[test]
    fn members_and_raw_names_are_found() {
        for text in ["{id}", "{opts.lang}", "{opts.0.name}", "{type}", "{r#type}", "plain", ""] {
            assert_eq!(faults_of(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn faults_say_what_to_write() {
        for (text, advice) in [
            ("user:{id", "the brace before `id` is never closed"),
            ("user:id}", "this `}` closes nothing"),
            ("user:{}", "`{}` names no argument"),
            ("user:{id:?}", "`{id:?}` is not a field"),
            ("user:{id.}", "`{id.}` is not a field"),
            ("user:{opts.lang()}", "`{opts.lang()}` is not a field"),
            ("user:{0}", "`{0}` is not a field"),
            ("user:{ id }", "`{ id }` is not a field"),
            ("user:{idd}", "no argument is named `idd`; did you mean `id`?"),
            ("user:{colour}", "no argument is named `colour`; there is id, opts, type"),
            ("user:{left}", "`left` is inside of a pattern"),
            ("{id}{opts.lang}", "`{id}{opts.lang}` run together"),
        ] {
            let faults = faults_of(text);
            assert_eq!(faults.len(), 1, "{text}: {faults:?}");
            assert!(faults[0].starts_with(advice), "{text}: {}", faults[0]);
        }
    }

    #[test]
    fn every_fault_of_a_text_is_told() {
        assert_eq!(faults_of("{idd}:{left}:}").len(), 3);
    }
}
