//! Which other files a TypeScript or JavaScript file names with a relative path.

use super::script_tokens;
use super::tokens::{Kind, is_at};

/// A relative specifier, as written.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Import {
    pub(super) line: usize,
    pub(super) specifier: String,
}

/// `import … from "./a.js"`, `export … from`, `import "./a.js"` and `import("./a.js")`, types included.
pub(super) fn imports(source: &str) -> Vec<Import> {
    let tokens = script_tokens::tokens(source);
    let named = tokens.iter().enumerate().filter(|(index, token)| {
        let before =
            |distance: usize, text| *index >= distance && is_at(&tokens, index - distance, text);
        let imported =
            before(1, "from") || before(1, "import") || (before(1, "(") && before(2, "import"));
        token.kind == Kind::Quoted && token.text.starts_with('.') && imported
    });
    named.map(|(_, token)| Import { line: token.line, specifier: token.text.clone() }).collect()
}

/// The file that a specifier in `importer` means, among `files`.
pub(super) fn resolve<'f>(importer: &str, specifier: &str, files: &[&'f str]) -> Target<'f> {
    let mut parts: Vec<&str> = importer.split('/').collect();
    parts.pop();
    for part in specifier.split('/') {
        match part {
            "." | "" => {}
            ".." => {
                if parts.pop().is_none() {
                    return Target::Outside;
                }
            }
            name => parts.push(name),
        }
    }
    let name = parts.join("/");
    let stem = name.strip_suffix(".js").or_else(|| name.strip_suffix(".mjs")).unwrap_or(&name);
    let candidates =
        [name.clone(), format!("{stem}.ts"), format!("{stem}.mts"), format!("{stem}/index.ts")];
    let found = files.iter().find(|file| candidates.iter().any(|candidate| candidate == *file));
    found.map_or(Target::Missing, |file| Target::File(file))
}

/// What a specifier leads to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Target<'f> {
    File(&'f str),
    /// Above the folder that has floors: generated code, for example.
    Outside,
    Missing,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_import_is_found() {
        let source = "
import a from './a.js';
import type { B } from \"../b.js\";
export * from './c.js';
import './d.js';
const e = await import('./e.js');
import f from 'node:fs';
const text = './not-imported.js';";
        let found: Vec<String> = imports(source)
            .iter()
            .map(|import| format!("{}{}", import.line, import.specifier))
            .collect();
        assert_eq!(found, ["2./a.js", "3../b.js", "4./c.js", "5./d.js", "6./e.js"]);
    }

    #[test]
    fn specifiers_lead_to_files() {
        let files = ["index.ts", "cache/index.ts", "cache/get.ts", "key.ts"];
        assert_eq!(resolve("cache/get.ts", "../key.js", &files), Target::File("key.ts"));
        assert_eq!(resolve("index.ts", "./cache", &files), Target::File("cache/index.ts"));
        assert_eq!(resolve("index.ts", "./key.ts", &files), Target::File("key.ts"));
        assert_eq!(resolve("index.ts", "../generated/engine.js", &files), Target::Outside);
        assert_eq!(resolve("index.ts", "./gone.js", &files), Target::Missing);
    }
}
