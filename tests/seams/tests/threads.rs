//! What must not compile where there are threads: each file in `ui/` is named after its mistake.
#![cfg(not(target_family = "wasm"))]

#[test]
fn what_cannot_be_sent_is_refused_where_there_are_threads() {
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}
