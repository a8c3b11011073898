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

