//! The tags that a service names in a header of its response.

use http::header::{HeaderMap, HeaderName};

/// The tags, and the response without them. Nothing where there are more, or longer ones, than are kept:
/// what cannot be invalidated as its origin wants is not kept at all.
pub(super) fn take(headers: &mut HeaderMap, name: &HeaderName) -> Named {
    let mut lines = headers.get_all(name).iter().peekable();
    if lines.peek().is_none() {
        return Named::None;
    }
    let mut tags: Vec<Box<str>> = Vec::new();
    let mut too_much = false;
    for line in lines {
        let Ok(line) = line.to_str() else {
            too_much = true;
            continue;
        };
        for tag in line.split([',', ' ', '\t']).filter(|tag| !tag.is_empty()) {
            let tag: Box<str> = tag.into();
            too_much |= tag.len() > LONGEST;
            if !tags.contains(&tag) {
                tags.push(tag);
            }
            if tags.len() > MOST {
                too_much = true;
                break;
            }
        }
    }
    headers.remove(name);
    if too_much { Named::TooMuch } else { Named::These(tags) }
}

pub(super) enum Named {
    None,
    These(Vec<Box<str>>),
    TooMuch,
}

const MOST: usize = 64;
const LONGEST: usize = 256;
