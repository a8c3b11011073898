//! Which suites a user means by some names.

use anyhow::{Result, bail};

use super::suite::{Suite, When};

/// The suites that bear one of the names, or begin with it and a dash. Without names, all of a long
/// run, and otherwise those that always run.
///
/// # Errors
/// A name fits no suite.
pub(crate) fn chosen(suites: Vec<Suite>, names: &[String], long: bool) -> Result<Vec<Suite>> {
    let fits = |suite: &Suite, name: &String| {
        suite.name == name
            || suite.name.strip_prefix(&**name).is_some_and(|rest| rest.starts_with('-'))
    };
    let exact = |name: &String| suites.iter().any(|suite| suite.name == name);
    for name in names {
        if !suites.iter().any(|suite| fits(suite, name)) {
            let known: Vec<&str> = suites.iter().map(|suite| suite.name).collect();
            bail!("no suite is called {name:?}; there are {}", known.join(", "));
        }
    }
    let wanted: Vec<bool> = suites
        .iter()
        .map(|suite| {
            (names.is_empty() && (long || suite.when == When::Always))
                || names
                    .iter()
                    .any(|name| if exact(name) { suite.name == name } else { fits(suite, name) })
        })
        .collect();
    Ok(suites
        .into_iter()
        .zip(wanted)
        .filter_map(|(suite, wanted)| wanted.then_some(suite))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::suites::tests;

    fn picked(names: &[&str]) -> Vec<&'static str> {
        let names: Vec<String> = names.iter().map(ToString::to_string).collect();
        chosen(tests(), &names, false)
            .expect("known names")
            .iter()
            .map(|suite| suite.name)
            .collect()
    }

    #[test]
    fn a_name_means_itself_before_its_family() {
        assert_eq!(picked(&["core"]), ["core"]);
        assert_eq!(picked(&["demo", "floors"]), ["floors", "demo-rust", "demo-js"]);
        assert_eq!(picked(&["miri"]), ["miri"]);
    }

    #[test]
    fn only_a_long_run_takes_every_suite() {
        let long = chosen(tests(), &[], true).expect("no names");
        assert_eq!(long.len(), tests().len());
        assert!(picked(&[]).len() < long.len() && !picked(&[]).contains(&"miri"));
    }

    #[test]
    fn an_unknown_name_is_refused_with_the_known_ones() {
        let error = chosen(tests(), &["cor".into()], false).err().expect("no suite is called cor");
        assert!(
            error.to_string().starts_with("no suite is called \"cor\"; there are floors, "),
            "{error}"
        );
    }
}
