//! What cannot be cached is one clear error: each file in `ui/` is named after its mistake.
#![cfg(feature = "macros")]

#[test]
fn h_39_mistakes_point_at_the_word_and_say_what_to_do() {
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}
