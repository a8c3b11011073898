//! What a page of Markdown has: headings that can be linked to, and links.

use std::collections::BTreeMap;

/// A page, read for what leads to it and away from it.
pub(crate) struct Page {
    /// The anchors of its headings, as the book, GitHub and rustdoc name them.
    pub(crate) anchors: Vec<String>,
    /// Where it links to, each with its line.
    pub(crate) links: Vec<(usize, String)>,
    /// The languages of its blocks.
    pub(crate) blocks: Vec<String>,
}

impl Page {
    /// Reads a page. What stands in blocks and between backticks is neither a heading nor a link.
    pub(crate) fn read(text: &str) -> Self {
        let mut page = Page { anchors: Vec::new(), links: Vec::new(), blocks: Vec::new() };
        let (mut fence, mut seen) = (None, BTreeMap::new());
        for (at, line) in text.lines().enumerate() {
            let start = line.trim_start();
            let ticks = start.len() - start.trim_start_matches('`').len();
            match fence {
                Some(open) if ticks >= open && start.trim_matches('`').is_empty() => fence = None,
                Some(_) => {}
                None if ticks >= 3 => {
                    fence = Some(ticks);
                    page.blocks.push(start[ticks..].trim().to_string());
                }
                None => {
                    if let Some(heading) = heading(line) {
                        page.anchors.push(anchor(heading, &mut seen));
                    }
                    let targets = targets(&without_code(line));
                    page.links.extend(targets.into_iter().map(|target| (at + 1, target)));
                }
            }
        }
        page
    }
}

/// The text of a heading.
fn heading(line: &str) -> Option<&str> {
    let text = line.trim_start_matches('#');
    let level = line.len() - text.len();
    (1..=6).contains(&level).then_some(text).filter(|text| text.starts_with(' ')).map(str::trim)
}

/// Small letters, digits, hyphens for spaces; a second one of the same name has a number.
fn anchor(heading: &str, seen: &mut BTreeMap<String, usize>) -> String {
    let shown = shown(heading);
    let signs = shown.chars().filter_map(|sign| match sign {
        ' ' => Some('-'),
        '-' | '_' => Some(sign),
        sign if sign.is_alphanumeric() => Some(sign.to_ascii_lowercase()),
        _ => None,
    });
    let name: String = signs.collect();
    let count = seen.entry(name.clone()).or_insert(0);
    *count += 1;
    if *count == 1 { name } else { format!("{name}-{}", *count - 1) }
}

/// What a reader sees of a line with links in it.
fn shown(line: &str) -> String {
    let (mut shown, mut rest) = (String::new(), line);
    while let Some(at) = rest.find("](") {
        shown.push_str(&rest[..at]);
        rest = rest[at..].split_once(')').map_or("", |(_, rest)| rest);
    }
    shown + rest
}

/// Every second part is between backticks.
fn without_code(line: &str) -> String {
    line.split('`').step_by(2).collect::<Vec<_>>().join("`")
}

fn targets(line: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for part in line.split("](").skip(1) {
        let target = part.split_once(')').map_or(part, |(target, _)| target);
        found.push(target.trim().to_string());
    }
    if let Some((_, target)) = line.split_once("]: ").filter(|_| line.starts_with('[')) {
        found.push(target.trim().to_string());
    }
    found
}
