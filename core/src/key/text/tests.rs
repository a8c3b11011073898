//! Texts of keys, and the way back.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::string::String;
#[cfg(target_has_atomic = "ptr")]
use alloc::sync::Arc;
use alloc::vec;
use alloc::vec::Vec;

use super::*;

#[derive(Debug, PartialEq)]
struct Area(&'static str);

impl KeyText for Area {
    fn write_text(&self, out: &mut String) {
        out.push_str(self.0);
    }
}

#[test]
fn a_type_of_ones_own_is_itself_as_a_key_and_quoted_inside_of_others() {
    assert_eq!(key_text(&Area("a\"b")), "a\"b");
    assert_eq!(key_text(&(Area("a\"b"), [Area("c")])), r#""a\"b",["c"]"#);
}

#[test]
fn what_stands_for_a_key_has_its_text() {
    let text = String::from("a,b");
    let pointers = (Box::new(&text), Rc::<str>::from("a,b"), Cow::Borrowed("a,b"));
    assert_eq!(key_text(&pointers), r#""a,b","a,b","a,b""#);
    assert_eq!(key_text(&pointers.0), "a,b");
    assert_eq!(key_text(&pointers.1), "a,b");
    #[cfg(target_has_atomic = "ptr")]
    assert_eq!(key_text(&Arc::<[u8]>::from([1, 2])), "[1,2]");
    assert_eq!(key_text(&Some(&Box::new(None::<u8>))), "Some(null)");
}

#[test]
fn whole_numbers_of_every_size_are_digits() {
    let largest = (u8::MAX, u16::MAX, u32::MAX, u64::MAX, u128::MAX);
    assert_eq!(
        key_text(&largest),
        "255,65535,4294967295,18446744073709551615,340282366920938463463374607431768211455"
    );
    assert_eq!(key_text(&usize::MAX), alloc::format!("{}", usize::MAX));
    let smallest = (i8::MIN, i16::MIN, i32::MIN, i64::MIN, i128::MIN);
    assert_eq!(
        key_text(&smallest),
        "-128,-32768,-2147483648,-9223372036854775808,-170141183460469231731687303715884105728"
    );
}

#[test]
fn options_of_options_stay_apart() {
    let options: [Option<Option<Option<u8>>>; 4] =
        [None, Some(None), Some(Some(None)), Some(Some(Some(1)))];
    assert_eq!(key_text(&options), "[null,Some(null),Some(Some(null)),1]");
    assert_eq!(key_text(&None::<&str>), "null");
    assert_eq!(key_text(&Some("null")), "\"null\"");
}

#[cfg(feature = "std")]
#[test]
fn a_key_is_found_again_by_its_text() {
    fn back<K: KeyText + 'static + PartialEq + core::fmt::Debug>(key: K) {
        let text = key_text(&key);
        assert_eq!(read_key::<K>(&text), Some(key), "{text}");
    }
    for text in ["", "a", "é\"\\/\u{1f600}\n\u{1}", "7", "null", "[1,2]"] {
        back(String::from(text));
        back(Box::<str>::from(text));
        back((String::from(text), Some(String::from(text)), vec![String::from(text)]));
    }
    back((u64::MAX, i128::MIN, true, 'é'));
    back('"');
    back(());
    back(((1_u8,), ((), [2_u16, 3]), [(); 2]));
    let options: [Option<Option<u8>>; 3] = [None, Some(None), Some(Some(1))];
    back(options);
    #[cfg(target_has_atomic = "ptr")]
    back(Arc::<str>::from("a,b"));
}

#[cfg(feature = "std")]
#[test]
fn h_06_what_is_no_text_of_such_a_key_is_not_taken_for_one() {
    for text in ["", "+7", "07", "7 ", "-0", "4294967296", "x", "7,"] {
        assert_eq!(read_key::<u32>(text), None, "{text}");
    }
    for text in
        ["", "7", "7,eu", "7,\"eu\",1", "7,\"eu", "7,\"\\u00zz\"", "7,\"\\u0065u\"", "[7,\"eu\"]"]
    {
        assert_eq!(read_key::<(u32, String)>(text), None, "{text}");
    }
    for text in ["[", "[1", "[1,", "[1,]", "[,1]", "[1]]", "null", "Some(1)", "Some(null"] {
        assert_eq!(read_key::<Vec<u8>>(text), None, "{text}");
        assert_eq!(read_key::<Option<Vec<u8>>>(text), (text == "null").then_some(None), "{text}");
    }
    assert_eq!(read_key::<&str>("a"), None, "there is nothing to borrow from");
    assert_eq!(read_key::<Area>("a"), None, "nobody said how");
    assert_eq!(read_key::<(Box<str>,)>("\"a\""), None, "only a whole key is such a pointer");
}
