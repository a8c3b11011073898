//! Texts in lines that are no wider than a terminal.

use console::measure_text_width;

/// The lines of a text, broken at blanks, and within a word only where that is wider than a line.
pub(crate) fn folded(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split(' ') {
        let mut rest = word;
        if !line.is_empty() && measure_text_width(&line) + 1 + measure_text_width(rest) > width {
            lines.push(std::mem::take(&mut line));
        } else if !line.is_empty() {
            line.push(' ');
        }
        while measure_text_width(rest) > width && fitting(rest, width) < rest.len() {
            let (now, later) = rest.split_at(fitting(rest, width));
            lines.push(now.into());
            rest = later;
        }
        line.push_str(rest);
    }
    lines.push(line);
    lines
}

/// How many bytes of a word fit: one sign at least.
fn fitting(word: &str, width: usize) -> usize {
    let ends = word.char_indices().map(|(at, sign)| at + sign.len_utf8());
    let fits = |end: &usize| measure_text_width(&word[..*end]) <= width;
    let first = word.chars().next().map_or(0, char::len_utf8);
    ends.take_while(fits).last().unwrap_or(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_at_blanks_and_long_words_anywhere() {
        assert_eq!(folded("a bc def", 4), ["a bc", "def"]);
        assert_eq!(folded("a bc def", 80), ["a bc def"]);
        assert_eq!(folded("x abcdefghij y", 4), ["x", "abcd", "efgh", "ij y"]);
        assert_eq!(folded("", 4), [""]);
        assert_eq!(folded("日本語", 4), ["日本", "語"], "two columns each");
        assert_eq!(folded("日", 1), ["日"], "wider than all there is");
    }

    #[test]
    fn nothing_is_lost() {
        let text = "one: two three  four; fünf ⟨6⟩";
        for width in 1..40 {
            let joined = folded(text, width).concat().replace(' ', "");
            assert_eq!(joined, text.replace(' ', ""), "{width}");
        }
    }
}
