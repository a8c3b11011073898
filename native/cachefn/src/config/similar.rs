//! Which word somebody may have meant.

/// The word that is nearest to what was written, if any is near.
pub(crate) fn nearest<'w>(
    written: &str,
    words: impl IntoIterator<Item = &'w str>,
) -> Option<&'w str> {
    let plain = |text: &str| text.to_lowercase().replace('-', "_");
    let (wanted, most) = (plain(written), (written.len() / 3).clamp(1, 3));
    let far = |word: &str| strsim::damerau_levenshtein(&wanted, &plain(word));
    let near = words.into_iter().map(|word| (far(word), word)).filter(|(far, _)| *far <= most);
    near.min_by_key(|(far, _)| *far).map(|(_, word)| word)
}

/// The words, each in quotes.
pub(super) fn listed<'w>(words: impl IntoIterator<Item = &'w str>) -> String {
    let words: Vec<String> = words.into_iter().map(|word| format!("\"{word}\"")).collect();
    words.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_finger_is_understood_and_another_word_is_not() {
        let words = ["ttl", "tti", "max_entries", "connection_string"];
        assert_eq!(nearest("tll", words), Some("ttl"));
        assert_eq!(nearest("maxEntries", words), Some("max_entries"));
        assert_eq!(nearest("max-entries", words), Some("max_entries"));
        assert_eq!(nearest("url", words), None);
    }
}
