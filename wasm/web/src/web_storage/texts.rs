//! Records as the texts that web storage keeps: by the browser, where it can write base64.
//!
//! That is not only faster. A record is a loop of a hundred thousand rounds, and one engine (WebKit 2.50)
//! now and then compiles such a loop of WebAssembly wrongly while it runs: a text could not be read, or the
//! program trapped.

use js_sys::{Base64LastChunkHandling, Base64Options, Object, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;

use crate::item_name;

/// The text of a record.
pub(super) fn written(record: &[u8]) -> String {
    if CAN.with(|can| *can) {
        return String::from(Uint8Array::from(record).to_base64());
    }
    item_name::written(record)
}

/// The record with this text; of anything else there is none.
pub(super) fn read(text: &str) -> Option<Vec<u8>> {
    if !CAN.with(|can| *can) {
        return item_name::read(text);
    }
    let options: Base64Options = Object::new().unchecked_into();
    options.set_last_chunk_handling(Base64LastChunkHandling::Strict);
    let record = Uint8Array::from_base64_with_options(text, &options).ok()?.to_vec();
    // The browser passes over spaces; what we write has none.
    (text.len() == record.len().div_ceil(3) * 4).then_some(record)
}

thread_local! {
    /// Whether the browser can: Safari 18.2, Firefox 133 and Chrome 140 were the first.
    static CAN: bool = {
        let arrays = Reflect::get(&js_sys::global(), &"Uint8Array".into());
        arrays.is_ok_and(|arrays| Reflect::has(&arrays, &"fromBase64".into()) == Ok(true))
    };
}
