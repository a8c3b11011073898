//! What a reference in `Location` or `Content-Location` means, seen from a target.

/// Origin, and path with query, of a reference. Nothing for other schemes than `http` and `https`.
pub(super) fn resolve(base: &str, reference: &str) -> Option<(String, String)> {
    let reference = reference.split('#').next().unwrap_or_default().trim();
    let (base_origin, base_path) = split(base)?;
    let scheme = base_origin.split_once(':')?.0;
    if let Some(rest) = reference.strip_prefix("//") {
        return split(&format!("{scheme}://{rest}")).map(owned);
    }
    if has_scheme(reference) {
        return split(reference).map(owned);
    }
    let (base_path, base_query) = match base_path.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (base_path, None),
    };
    let (path, query) = match reference.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (reference, None),
    };
    let (path, query) = if path.is_empty() {
        (base_path.to_string(), query.or(base_query))
    } else if path.starts_with('/') {
        (without_dots(path), query)
    } else {
        let folder = base_path.rfind('/').map_or("/", |at| &base_path[..=at]);
        (without_dots(&format!("{folder}{path}")), query)
    };
    let query = query.map_or(String::new(), |query| format!("?{query}"));
    Some((base_origin.to_string(), format!("{path}{query}")))
}

/// Origin and the rest; a path that is empty is `/`.
fn split(uri: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = uri.split_once("://")?;
    if !scheme.eq_ignore_ascii_case("http") && !scheme.eq_ignore_ascii_case("https") {
        return None;
    }
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    Some((&uri[..scheme.len() + 3 + end], &rest[end..]))
}

fn owned((origin, rest): (&str, &str)) -> (String, String) {
    let slash = if rest.starts_with('/') { "" } else { "/" };
    (origin.to_string(), format!("{slash}{rest}"))
}

fn has_scheme(reference: &str) -> bool {
    let scheme = reference.split(['/', '?']).next().unwrap_or_default();
    scheme.split_once(':').is_some_and(|(name, _)| {
        name.starts_with(|letter: char| letter.is_ascii_alphabetic())
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
    })
}

/// A path whose `.` and `..` are resolved.
fn without_dots(path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    let mut open = false;
    for part in path.split('/').skip(1) {
        open = matches!(part, "." | "..");
        match part {
            "." => {}
            ".." => {
                kept.pop();
            }
            part => kept.push(part),
        }
    }
    let end = if open && !kept.is_empty() { "/" } else { "" };
    format!("/{}{end}", kept.join("/"))
}
