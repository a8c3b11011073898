use super::*;
use syn::parse_quote;

#[test]
fn borrows_are_seen_wherever_they_hide() {
    let borrowing: [Type; 6] = [
        parse_quote!(&str),
        parse_quote!(Vec<&'a str>),
        parse_quote!(Cow<'_, str>),
        parse_quote!(Option<(u32, [&u8; 2])>),
        parse_quote!(Box<dyn Iterator<Item = &u8>>),
        parse_quote!(Box<dyn Tell + 'a>),
    ];
    for ty in &borrowing {
        assert!(borrow(ty).is_some());
    }
    let owned: [Type; 4] = [
        parse_quote!(&'static str),
        parse_quote!(Cow<'static, [&'static str]>),
        parse_quote!(fn(&str) -> &str),
        parse_quote!(Box<dyn Fn(&str) -> u8>),
    ];
    for ty in &owned {
        assert!(borrow(ty).is_none());
    }
}

#[test]
fn a_float_counts_where_nothing_can_wrap_it() {
    let float_types: [Type; 4] = [
        parse_quote!(f64),
        parse_quote!(&[f32]),
        parse_quote!((u8, Option<f64>)),
        parse_quote!(Vec<[f64; 3]>),
    ];
    for ty in &float_types {
        assert!(float(ty).is_some());
    }
    let other: Type = parse_quote!(Ordered<f64>);
    assert!(float(&other).is_none());
}

#[test]
fn the_success_of_any_result_is_its_first_type() {
    let text: Type = parse_quote!(String);
    let results: [Type; 4] = [
        parse_quote!(Result<String, Error>),
        parse_quote!(std::io::Result<String>),
        parse_quote!((Result<String, Error>)),
        parse_quote!(String),
    ];
    for ty in &results {
        let found = bare(success(ty));
        assert!(quote::quote!(#found).to_string() == quote::quote!(#text).to_string());
    }
    let alias: Type = parse_quote!(Result);
    assert!(matches!(success(&alias), Type::Path(path) if path.path.is_ident("Result")));
}
