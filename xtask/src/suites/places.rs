//! Tables of places in which the npm package was tried: a line each, however many parts it has.

/// The lines to show of an output in which each part of a place has its own, such as
/// `firefox  153.7  service worker  45 held, 0 did not (3.1 s)`: the sum for each place and version, and
/// whole the parts in which something did not hold.
pub(super) fn summary(output: &str) -> Vec<String> {
    let mut places: Vec<Place<'_>> = Vec::new();
    let mut shown = Vec::new();
    for line in output.lines() {
        let Some((name, version, held, not)) = read(line) else { continue };
        if not > 0 {
            shown.push(line.to_owned());
        }
        let known = places.iter_mut().find(|place| (place.name, place.version) == (name, version));
        match known {
            Some(place) => {
                place.held += held;
                place.not += not;
                place.parts += 1;
            }
            None => places.push(Place { name, version, held, not, parts: 1 }),
        }
    }
    let lines = places.iter().map(|Place { name, version, held, not, parts }| {
        let parts = if *parts > 1 { format!(" in {parts} parts") } else { String::new() };
        format!("{name:<15} {version:<14} {held:>5} held, {not} did not{parts}")
    });
    lines.chain(shown).collect()
}

struct Place<'t> {
    name: &'t str,
    version: &'t str,
    held: u32,
    not: u32,
    parts: u32,
}

fn read(line: &str) -> Option<(&str, &str, u32, u32)> {
    let (before, after) = line.split_once(" held, ")?;
    let not = after.split_once(" did not")?.0.parse().ok()?;
    let mut words = before.split_whitespace();
    let (name, version) = (words.next()?, words.next()?);
    let held = before.rsplit(char::is_whitespace).next()?.parse().ok()?;
    Some((name, version, held, not))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_one_line_and_what_did_not_hold_is_shown_whole() {
        let output = "\
firefox      153.7.0        page                                      611 held, 0 did not (1.8 s)
  FAILED it did not come
firefox      153.7.0        service worker                             44 held, 1 did not (3.0 s)
bun          1.4.4          no kv                                       1 held, 0 did not (6.7 s): none has it
webkit     2.50.6         45 held, 0 did not
656 passed, 1 failed";
        let expected = [
            "firefox         153.7.0          655 held, 1 did not in 2 parts",
            "bun             1.4.4              1 held, 0 did not",
            "webkit          2.50.6            45 held, 0 did not",
            "firefox      153.7.0        service worker                             44 held, 1 did not (3.0 s)",
        ];
        assert_eq!(summary(output), expected);
    }

    #[test]
    fn other_lines_tell_of_no_place() {
        assert!(summary("one held, none did not\n12 passed, 0 failed\n").is_empty());
    }
}
