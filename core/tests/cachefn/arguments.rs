//! Arguments of every form: patterns, lifetimes, names, many of them.

use crate::*;

#[test]
fn patterns_are_taken_apart_in_the_body() {
    static RUNS: Runs = Runs::new();
    struct Point {
        x: i32,
        _y: i32,
    }
    #[cachefn]
    fn mixed(
        (a, b): (u32, u32),
        mut c: u32,
        _: u8,
        [d, ..]: [u32; 3],
        e @ (f, _): (u32, u8),
    ) -> u32 {
        RUNS.tick();
        c += a + b;
        c + d + e.0 + f
    }
    #[cachefn(key = "{scale}")]
    fn scaled(Point { x, _y: _ }: Point, scale: i32) -> i32 {
        x * scale
    }
    assert_eq!(mixed((1, 2), 3, 4, [5, 0, 0], (3, 0)), 17);
    assert_eq!(mixed((1, 2), 3, 4, [5, 0, 0], (3, 0)), 17);
    assert_eq!(mixed((1, 2), 3, 9, [5, 0, 0], (3, 0)), 17);
    assert_eq!(RUNS.count(), 2, "an ignored argument is a part of the key all the same");
    assert_eq!(mixed::key((1, 2), 3, 4, [5, 0, 0], (3, 0)), ((1, 2), 3, 4, [5, 0, 0], (3, 0)));
    assert_eq!(scaled(Point { x: 2, _y: 1 }, 3), 6);
}

#[test]
fn patterns_may_look_behind_references() {
    #[derive(Clone, PartialEq, Eq, Hash)]
    enum Size {
        Of(u8),
    }
    #[cachefn(tags = ["{scale}"])]
    fn sum(&x: &u32, &(y, _): &(u32, bool), Size::Of(z): &Size, scale: u32) -> u32 {
        (x + y + u32::from(*z)) * scale
    }
    assert_eq!((sum(&1, &(2, true), &Size::Of(3), 2), sum::cache().len()), (12, 1));
    assert_eq!(
        sum::warm([(&1, &(2, true), &Size::Of(3), 2), (&0, &(0, true), &Size::Of(0), 0)]),
        1
    );
}

#[test]
fn lifetimes_stay_as_they_were_written() {
    #[cachefn]
    fn longest<'a, 'b>(left: &'a str, right: &'b str, prefix: &'static str) -> String
    where
        'a: 'b,
    {
        let longest: &'b str = if left.len() > right.len() { left } else { right };
        format!("{prefix}{longest}")
    }
    let left = String::from("long");
    assert_eq!(longest(&left, "tiny one", "a "), "a tiny one");
    assert_eq!(longest::key(&left, "r", "p"), ("long".to_owned(), "r".to_owned(), "p"));
}

#[test]
fn an_error_may_borrow_what_a_value_may_not() {
    static RUNS: Runs = Runs::new();
    #[cachefn]
    fn number(text: &str) -> Result<u32, &str> {
        RUNS.tick();
        text.parse().map_err(|_| text)
    }
    assert_eq!((number("x"), number("7"), number("7")), (Err("x"), Ok(7), Ok(7)));
    assert_eq!(RUNS.count(), 2);
}

#[test]
fn values_move_into_the_body() {
    static RUNS: Runs = Runs::new();
    #[cachefn(tags = ["name:{name}"])]
    fn consume(name: String, parts: Vec<u8>) -> (String, Vec<u8>) {
        RUNS.tick();
        (name, parts)
    }
    for _ in 0..2 {
        assert_eq!(consume("n".to_owned(), vec![1]), ("n".to_owned(), vec![1]));
    }
    assert_eq!(RUNS.count(), 1);
}

#[test]
fn no_name_of_the_user_meets_a_name_of_ours() {
    #[allow(non_upper_case_globals)]
    const flight: u32 = 1;
    #[allow(clippy::too_many_arguments)]
    #[cachefn(tags = ["{key}", "{cache}:{text}"])]
    fn value(
        key: u32,
        cache: u32,
        result: u32,
        value: u32,
        options: u32,
        text: u32,
        private: u32,
        cachefn_core: u32,
        found: u32,
    ) -> u32 {
        key + cache + result + value + options + text + private + cachefn_core + found + flight
    }
    assert_eq!(value(1, 2, 3, 4, 5, 6, 7, 8, 9), 46);
    assert_eq!(value(1, 2, 3, 4, 5, 6, 7, 8, 9), 46);
    assert_eq!(value::cache().stats().hits, 1);
}

#[test]
fn twelve_arguments_are_a_key_and_more_with_a_template() {
    #[allow(clippy::too_many_arguments)]
    #[cachefn]
    fn twelve(
        a: u8,
        b: u8,
        c: u8,
        d: u8,
        e: u8,
        f: u8,
        g: u8,
        h: u8,
        i: u8,
        j: u8,
        k: u8,
        l: u8,
    ) -> u8 {
        a + b + c + d + e + f + g + h + i + j + k + l
    }
    #[allow(clippy::too_many_arguments)]
    #[cachefn(key = "{a}-{m}")]
    fn thirteen(
        a: u8,
        b: u8,
        c: u8,
        d: u8,
        e: u8,
        f: u8,
        g: u8,
        h: u8,
        i: u8,
        j: u8,
        k: u8,
        l: u8,
        m: u8,
    ) -> u8 {
        a + b + c + d + e + f + g + h + i + j + k + l + m
    }
    assert_eq!(twelve(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12), 78);
    assert_eq!(twelve(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13), 79);
    assert_eq!(thirteen(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13), 91);
    assert_eq!(thirteen::key(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13), "1-13");
}
