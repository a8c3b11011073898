//! What lies in the database under a name, and how names are its keys.

use bytes::Bytes;
use cachefn_core::Token;
use js_sys::{Array, Object, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::IdbKeyRange;

use crate::names_under;

/// A name as a key: bytes, which the database sorts as we do.
pub(super) fn key(name: &[u8]) -> JsValue {
    Uint8Array::from(name).into()
}

/// The name that a key is; the keys of others are none.
pub(super) fn name(key: &JsValue) -> Option<Bytes> {
    let buffer: &js_sys::ArrayBuffer = key.dyn_ref()?;
    Some(Uint8Array::new(buffer).to_vec().into())
}

/// All names with this prefix that are not below `from`.
pub(super) fn range(prefix: &[u8], from: &[u8]) -> Result<JsValue, JsValue> {
    let lower = key(prefix.max(from));
    match names_under::end(prefix) {
        Some(end) => {
            IdbKeyRange::bound_with_lower_open_and_upper_open(&lower, &key(&end), false, true)
        }
        None => IdbKeyRange::lower_bound(&lower),
    }
    .map(JsValue::from)
}

/// On what terms a record lies there, in milliseconds since 1970.
pub(super) struct Terms<'a> {
    /// When it was written.
    pub(super) at: f64,
    /// When it is of no use to anybody any more.
    pub(super) until: Option<f64>,
    /// The tokens that it is checked against.
    pub(super) tokens: &'a [&'a [u8]],
}

/// The row of a record.
pub(super) fn record(bytes: &[u8], terms: &Terms<'_>) -> JsValue {
    let row = token(bytes);
    let fields: &Row = row.unchecked_ref();
    fields.set_at(terms.at);
    // What is not there is not in the index either.
    if let Some(until) = terms.until {
        fields.set_until(until);
    }
    if !terms.tokens.is_empty() {
        fields.set_tokens(&terms.tokens.iter().map(|name| key(name)).collect::<Array>());
    }
    row
}

/// The row of a token: no index has it, so that nothing drops it.
pub(super) fn token(bytes: &[u8]) -> JsValue {
    let row: Row = Object::new().unchecked_into();
    row.set_bytes(&Uint8Array::from(bytes));
    row.into()
}

/// The bytes of a row. What is no row of ours, or larger than any, has none.
pub(super) fn bytes(row: &JsValue) -> Option<Bytes> {
    let bytes = of(row)?.bytes();
    let bytes: &Uint8Array = bytes.dyn_ref()?;
    (bytes.length() as usize <= MAX_RECORD).then(|| bytes.to_vec().into())
}

/// The token of a row.
pub(super) fn token_of(row: &JsValue) -> Option<Token> {
    Token::read(&bytes(row)?)
}

/// The names of the tokens that a record is checked against, as keys.
pub(super) fn tokens_of(row: &JsValue) -> Vec<JsValue> {
    let tokens = of(row).map(Row::tokens);
    let tokens = tokens.as_ref().and_then(|tokens| tokens.dyn_ref::<Array>());
    tokens
        .map(|tokens| tokens.iter().filter(JsCast::is_instance_of::<Uint8Array>).collect())
        .unwrap_or_default()
}

fn of(row: &JsValue) -> Option<&Row> {
    row.is_object().then(|| row.unchecked_ref())
}

/// In bytes. Browsers copy a row several times on its way to the disk, and the memory of a page is small.
pub(super) const MAX_RECORD: usize = 64 << 20;

#[wasm_bindgen]
extern "C" {
    type Row;
    #[wasm_bindgen(method, getter)]
    fn bytes(this: &Row) -> JsValue;
    #[wasm_bindgen(method, setter)]
    fn set_bytes(this: &Row, bytes: &Uint8Array);
    #[wasm_bindgen(method, setter)]
    fn set_at(this: &Row, ms: f64);
    #[wasm_bindgen(method, setter)]
    fn set_until(this: &Row, ms: f64);
    #[wasm_bindgen(method, getter)]
    fn tokens(this: &Row) -> JsValue;
    #[wasm_bindgen(method, setter)]
    fn set_tokens(this: &Row, names: &Array);
}
