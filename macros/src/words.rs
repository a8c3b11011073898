//! The words of the attribute, and which of them a misspelt one was meant to be.

use proc_macro2::Ident;

/// The arguments of this version, each with an example of its value.
pub(crate) const ARGUMENTS: [(&str, &str); 23] = [
    ("ttl", "ttl = \"5m\""),
    ("tti", "tti = \"1m\""),
    ("max_entries", "max_entries = 1_000"),
    ("max_weight", "max_weight = 1_000_000"),
    ("weigher", "weigher = |key, value| value.len() as u64"),
    ("policy", "policy = \"lru\""),
    ("tags", "tags = [\"user:{id}\"]"),
    ("key", "key = \"user:{id}\""),
    ("stale_while_revalidate", "stale_while_revalidate = \"1m\""),
    ("stale_if_error", "stale_if_error = \"1h\""),
    ("negative_ttl", "negative_ttl = \"10s\""),
    ("jitter", "jitter = 0.1"),
    ("load_timeout", "load_timeout = \"5s\""),
    ("soft_timeout", "soft_timeout = \"200ms\""),
    ("cache_if", "cache_if = |value| value.is_complete()"),
    ("cache_errors", "cache_errors = |error| Some(Duration::from_secs(1))"),
    ("cache", "cache = \"users\""),
    ("tier", "tier = memory"),
    ("id", "id = \"user\""),
    ("version", "version = 2"),
    ("runtime", "runtime = Tokio::new()"),
    ("refresh_after", "refresh_after = 0.8"),
    ("crate", "crate = path::to::cachefn_core"),
];

/// The arguments that are lengths of time.
pub(crate) const LIFETIMES: [&str; 7] = [
    "ttl",
    "tti",
    "stale_while_revalidate",
    "stale_if_error",
    "negative_ttl",
    "load_timeout",
    "soft_timeout",
];

/// What other caches call our arguments.
const ARGUMENTS_ELSEWHERE: [(&str, &str); 22] = [
    ("name", "id"),
    ("namespace", "id"),
    ("executor", "runtime"),
    ("storage", "cache"),
    ("idle", "tti"),
    ("time_to_idle", "tti"),
    ("weight", "max_weight"),
    ("filter", "cache_if"),
    ("capacity", "max_entries"),
    ("limit", "max_entries"),
    ("max_capacity", "max_entries"),
    ("max_size", "max_entries"),
    ("size", "max_entries"),
    ("duration", "ttl"),
    ("expire", "ttl"),
    ("expires", "ttl"),
    ("expiry", "ttl"),
    ("lifetime", "ttl"),
    ("time", "ttl"),
    ("time_to_live", "ttl"),
    ("convert", "key"),
    ("eviction", "policy"),
];

/// The eviction policies and what `cachefn_core::Policy` calls them, the default first.
pub(crate) const POLICIES: [(&str, &str); 7] = [
    ("adaptive", "Adaptive"),
    ("fifo", "Fifo"),
    ("lfu", "Lfu"),
    ("lru", "Lru"),
    ("s3-fifo", "S3Fifo"),
    ("sieve", "Sieve"),
    ("w-tinylfu", "WTinyLfu"),
];

/// How to write the argument `name` of [`ARGUMENTS`].
pub(crate) fn example(name: &Ident) -> &'static str {
    ARGUMENTS.iter().find(|(known, _)| name == known).map_or(ARGUMENTS[0].1, |(_, example)| example)
}

/// What to say about an argument that is not one of [`ARGUMENTS`].
pub(crate) fn unknown_argument(name: &str) -> String {
    let known = ARGUMENTS.map(|(known, _)| known);
    let available = known.join(", ");
    if let Some((_, ours)) = ARGUMENTS_ELSEWHERE.iter().find(|(theirs, _)| *theirs == name) {
        return format!("unknown argument `{name}`; did you mean `{ours}`?");
    }
    match nearest(name, known) {
        Some(word) => format!("unknown argument `{name}`; did you mean `{word}`?"),
        None => format!("unknown argument `{name}`; available are {available}"),
    }
}

/// What to say about a policy that is not one of [`POLICIES`].
pub(crate) fn unknown_policy(name: &str) -> String {
    match nearest_policy(&name.to_lowercase()) {
        Some(word) => format!("unknown policy \"{name}\"; did you mean \"{word}\"?"),
        None => {
            let known = POLICIES.map(|(known, _)| known).join(", ");
            format!("unknown policy \"{name}\"; use one of {known}")
        }
    }
}

/// The policy that `name` was probably meant to be.
pub(crate) fn nearest_policy(name: &str) -> Option<&'static str> {
    nearest(name, POLICIES.map(|(known, _)| known))
}

/// The word that `name` was probably meant to be: at most one letter in three is different.
pub(crate) fn nearest<'w>(name: &str, words: impl IntoIterator<Item = &'w str>) -> Option<&'w str> {
    words
        .into_iter()
        .map(|word| (distance(name, word), word))
        .filter(|(distance, word)| {
            let letters = word.chars().count().max(name.chars().count());
            *distance <= (letters / 3).max(1) && *distance < letters
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, word)| word)
}

/// Edit distance where two swapped neighbours count as one edit (optimal string alignment).
fn distance(left: &str, right: &str) -> usize {
    let left: Vec<char> = left.chars().collect();
    let right: Vec<char> = right.chars().collect();
    let mut rows = vec![vec![0; right.len() + 1]; left.len() + 1];
    for i in 0..=left.len() {
        for j in 0..=right.len() {
            if i == 0 || j == 0 {
                rows[i][j] = i + j;
                continue;
            }
            let replaced = usize::from(left[i - 1] != right[j - 1]);
            let mut edits =
                (rows[i - 1][j - 1] + replaced).min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1);
            if i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1] {
                edits = edits.min(rows[i - 2][j - 2] + 1);
            }
            rows[i][j] = edits;
        }
    }
    rows[left.len()][right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_finger_finds_its_word() {
        for (slip, word) in [
            ("tll", "ttl"),
            ("tttl", "ttl"),
            ("tag", "tags"),
            ("max_entires", "max_entries"),
            ("maxentries", "max_entries"),
            ("plicy", "policy"),
            ("keys", "key"),
        ] {
            assert_eq!(
                unknown_argument(slip),
                format!("unknown argument `{slip}`; did you mean `{word}`?")
            );
        }
    }

    #[test]
    fn a_word_of_another_cache_finds_ours() {
        assert!(unknown_argument("size").ends_with("did you mean `max_entries`?"));
        assert!(unknown_argument("time").ends_with("did you mean `ttl`?"));
    }

    #[test]
    fn a_foreign_word_gets_the_list() {
        let fault = unknown_argument("colour");
        assert!(
            fault.starts_with("unknown argument `colour`; available are ttl, tti, max_entries")
        );
        assert!(fault.ends_with("runtime, refresh_after, crate"));
    }

    #[test]
    fn policies_are_suggested_too() {
        assert!(unknown_policy("LRU").ends_with("did you mean \"lru\"?"));
        assert!(unknown_policy("s3fifo").ends_with("did you mean \"s3-fifo\"?"));
        assert!(unknown_policy("siev").ends_with("did you mean \"sieve\"?"));
        assert!(unknown_policy("random").contains("use one of adaptive, fifo, lfu"));
    }

    #[test]
    fn distance_counts_single_edits() {
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("abc", "abc"), 0);
        assert_eq!(distance("acb", "abc"), 1);
        assert_eq!(distance("kitten", "sitting"), 3);
    }
}
