//! `warm`: values loaded before anybody asks for them.

use crate::*;

#[test]
fn warm_runs_for_what_is_not_there_yet() {
    static RUNS: Runs = Runs::new();
    #[cachefn(tags = ["n"])]
    fn double(number: u64) -> u64 {
        RUNS.tick();
        number * 2
    }
    assert_eq!(double(2), 4);
    assert_eq!(double::warm(1..=4), 3);
    assert_eq!((double::warm([4, 5, 5]), RUNS.count()), (1, 5));
    assert_eq!(((1..=5).map(double).sum::<u64>(), RUNS.count()), (30, 5));
    double::cache().invalidate_by_tag("n");
    assert_eq!(double::cache().len(), 0, "tags belong to what was warmed too");
}

#[test]
fn an_error_stays_unwarmed_and_does_not_stop_the_rest() {
    #[cachefn]
    fn parse(text: &str, base: u32) -> Result<u64, ParseIntError> {
        u64::from_str_radix(text, base)
    }
    let texts = ["7".to_owned(), "x".to_owned(), "11".to_owned()];
    assert_eq!(parse::warm(texts.iter().map(|text| (text.as_str(), 10))), 2);
    assert_eq!((parse::cache().len(), parse::cache().stats().load_failures), (2, 1));
    assert_eq!(parse::warm(vec![("11", 2), ("11", 10)]), 1);
}

#[test]
fn any_arguments_can_be_warmed() {
    #[cachefn]
    fn none() -> u8 {
        1
    }
    #[cachefn(key = "{id}")]
    fn longest<'a>(left: &'a str, right: Option<&str>, (a, _): (&u8, u8), id: u8) -> String
    where
        'a: 'a,
    {
        format!("{left}{right:?}{a}{id}")
    }
    assert_eq!((none::warm([()]), none::warm([(), ()])), (1, 0));
    let text = String::from("left");
    assert_eq!(longest::warm([(text.as_str(), None, (&1, 2), 3), ("x", Some("y"), (&1, 2), 4)]), 2);
    assert_eq!(longest("", None, (&0, 0), 3), "leftNone13");
}
