//! What the pipeline makes of attributes, as text.

use super::*;
use quote::quote;

/// What the attribute makes of it, as text; it is always something the compiler can read.
fn expanded(arguments: TokenStream, item: TokenStream) -> String {
    let tokens = pipeline(arguments, item, parse_quote!(::cachefn_core));
    let file: syn::File = syn::parse2(tokens.clone()).expect("items");
    assert!(!file.items.is_empty());
    tokens.to_string()
}

#[test]
fn a_function_becomes_itself_and_its_companions() {
    let text = expanded(
        quote!(),
        quote! {
            /// Doubles.
            #[must_use]
            pub(crate) fn double(mut number: u64) -> u64 { number *= 2; number }
        },
    );
    assert!(text.starts_with(
        "# [doc = r\" Doubles.\"] # [must_use] pub (crate) fn double (number : u64) -> u64 {"
    ));
    assert!(text.contains("pub (crate) enum double { }"));
    for companion in [
        "pub (crate) fn cache () -> & 'static :: cachefn_core :: MemoryCache < (u64 ,) , u64 >",
        "# [must_use] pub (crate) fn uncached (mut number : u64) -> u64 { number *= 2 ; number }",
        "pub (crate) fn refresh (number : u64) -> u64",
        "pub (crate) fn key (number : u64) -> (u64 ,)",
    ] {
        assert!(text.contains(companion), "{companion}\n{text}");
    }
    assert!(!text.contains("compile_error"));
}

#[test]
fn settings_reach_the_builder() {
    let arguments = quote!(ttl = "5m", max_entries = LIMIT / 2, policy = "lru");
    let text = expanded(
        arguments,
        quote!(
            fn f() -> u8 {
                1
            }
        ),
    );
    assert!(text.contains("const __MAX_ENTRIES : :: core :: primitive :: usize = LIMIT / 2 ;"));
    assert!(text.contains(". policy (:: cachefn_core :: Policy :: Lru)"));
    assert!(text.contains("= :: cachefn_core :: private :: duration (\"5m\") ;"));

    let text = expanded(
        quote!(ttl = 1_800u64),
        quote!(
            fn f() -> u8 {
                1
            }
        ),
    );
    assert!(text.contains(":: core :: time :: Duration :: from_secs (1800)"));
    assert!(!text.contains(". policy") && !text.contains(". max_entries"), "they have defaults");
}

#[test]
fn every_setting_has_its_word_in_the_builder() {
    let arguments = quote! {
        ttl = "1h", tti = "5m", stale_while_revalidate = 1, stale_if_error = 2, negative_ttl = 3,
        load_timeout = 4, jitter = 1, max_weight = 5, weigher = weigh,
    };
    let item = quote!(
        fn f(id: u8) -> Result<Option<u8>, u8> {
            Ok(None)
        }
    );
    let text = expanded(arguments, item);
    for word in ["ttl", "tti", "stale_while_revalidate", "stale_if_error", "negative_ttl"] {
        assert!(text.contains(&format!(". {word} ({{ const __{} : ", word.to_uppercase())));
    }
    assert!(text.contains(". load_timeout ({ const __LOAD_TIMEOUT : "));
    assert!(text.contains(". jitter (1.0_f64)") && text.contains(". weigher (weigh)"));
    assert!(text.contains(". max_weight (__MAX_WEIGHT)"));
    assert!(!text.contains("compile_error"));
}

#[test]
fn references_are_kept_owned() {
    let item = quote!(
        fn f(a: &str, b: &[u8], c: &Path, d: u8) -> u8 {
            d
        }
    );
    let text = expanded(quote!(), item);
    assert!(text.contains(
        "MemoryCache < (:: cachefn_core :: private :: String , :: cachefn_core :: private :: Vec < u8 > , \
         < Path as :: cachefn_core :: private :: ToOwned > :: Owned , u8 ,) , u8 >"
    ));
    assert!(text.contains(":: private :: Arguments ((* (& a) , * (& b) , * (& c) , (& d) ,))"));
}

#[test]
fn a_field_escapes_what_follows_it() {
    let arguments = quote!(key = "u:{a}/{b.c.0}");
    let text = expanded(
        arguments,
        quote!(
            fn f(a: u8, b: Deep) -> u8 {
                a
            }
        ),
    );
    for write in [
        "__text . push_str (\"u:\") ;",
        "write_field (& mut __text , & a , :: core :: option :: Option :: Some ('/')) ;",
        "write_field (& mut __text , & b . c . 0 , :: core :: option :: Option :: None) ;",
    ] {
        assert!(text.contains(write), "{write}\n{text}");
    }
}

#[test]
fn another_path_to_the_crate_is_the_only_one() {
    let arguments = quote!(crate = library::caching, ttl = 5, tags = ["{id}"], key = (id, 1));
    let text = expanded(
        arguments,
        quote!(
            fn f(id: u8) -> Result<u8, u8> {
                Ok(id)
            }
        ),
    );
    assert!(!text.contains("cachefn_core"));
    assert!(text.contains("library :: caching :: private :: enter"));
}

#[test]
fn the_attribute_of_another_crate_needs_only_that_crate() {
    let item = quote!(
        fn f(id: u8) -> u8 {
            id
        }
    );
    let text = pipeline(quote!(), item.clone(), parse_quote!(::cachefn)).to_string();
    assert!(!text.contains("cachefn_core") && text.contains(":: cachefn :: private :: enter"));
    let elsewhere = pipeline(quote!(crate = own), item, parse_quote!(::cachefn)).to_string();
    assert!(!elsewhere.contains(":: cachefn") && elsewhere.contains("own :: private :: enter"));
}

#[test]
fn only_the_success_of_a_result_is_stored() {
    let item = quote!(
        fn f(id: u8) -> io::Result<Vec<u8>> {
            read(id)
        }
    );
    assert!(expanded(quote!(), item).contains("MemoryCache < (u8 ,) , Vec < u8 > >"));
}

#[test]
fn patterns_become_names_and_stay_patterns_in_the_body() {
    let item = quote!(
        fn f((a, b): (u8, u8), _: u8, ref c @ 0..: u8) -> u8 {
            a + b + c
        }
    );
    let text = expanded(quote!(), item);
    assert!(text.contains("fn f (__argument_0 : (u8 , u8) , __argument_1 : u8 , c : u8) -> u8"));
    assert!(text.contains("fn uncached ((a , b) : (u8 , u8) , _ : u8 , ref c @ 0 .. : u8) -> u8"));
}

#[test]
fn a_faulty_attribute_leaves_all_companions() {
    let arguments = quote!(tll = 5, key = "{nobody}", policy = "lif");
    let text = expanded(
        arguments,
        quote!(
            fn f(id: u8) -> u8 {
                id
            }
        ),
    );
    assert_eq!(text.matches("compile_error").count(), 3);
    for companion in ["fn cache", "fn uncached", "fn refresh", "fn key", "fn warm"] {
        assert!(text.contains(companion));
    }
}

#[test]
fn a_function_that_cannot_be_cached_stays_as_it_was() {
    let item = quote!(
        pub const fn f<T>(it: &mut T) -> u8 {
            1
        }
    );
    let text = expanded(quote!(), item.clone());
    assert!(text.starts_with(&item.to_string()));
    assert_eq!(text.matches("compile_error").count(), 3);
    assert!(!text.contains("enum"));
}

#[test]
fn what_is_no_function_stays_as_it_was() {
    let item = quote!(
        struct Settings {
            size: usize,
        }
    );
    let text = expanded(quote!(ttl = 5), item.clone());
    assert!(text.starts_with(&item.to_string()));
    assert_eq!(text.matches("compile_error").count(), 1);
}

#[test]
fn every_fault_is_told() {
    let arguments =
        quote!("5m", ttl, ttl = -1, ttl = 2, shiny, tags = "x" max_entries = 0, crate = "x");
    let text = expanded(
        arguments,
        quote!(
            fn f(id: u8) -> u8 {
                id
            }
        ),
    );
    for fault in [
        "arguments have names",
        "`ttl` needs a value",
        "`ttl` is given twice",
        "a length of time cannot be negative",
        "unknown argument `shiny`",
        "separate the arguments by commas",
        "tags are a list",
        "write the path without quotes",
    ] {
        assert!(text.contains(fault), "{fault}\n{text}");
    }
}
