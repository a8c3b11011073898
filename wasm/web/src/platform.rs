//! What the core asks a browser for: the time, and random numbers.

use cachefn_core::Platform;
use wasm_bindgen::prelude::*;

use crate::clock::BrowserClock;

/// Gives every cache of the program this browser's clock, and its random numbers for tokens. Call it first
/// of all; a second call changes nothing.
///
/// Without it a function with `#[cachefn]` alone has no clock, and panics at its first call with a text that
/// says so. Whoever makes one of this crate's storages or a [`BrowserRuntime`](crate::BrowserRuntime) has
/// called it thereby.
///
/// ```no_run
/// use cachefn_core::cachefn;
///
/// #[cachefn(ttl = "5m")]
/// fn area(width: u32, height: u32) -> u32 {
///     width * height
/// }
/// cachefn_wasm::install();
/// assert_eq!(area(6, 7), 42);
/// ```
pub fn install() {
    Platform::new(BrowserClock, random).install();
}

/// 128 bits of the browser's best; of `Math.random`, which is good enough to be unlike all others, where
/// there is no `crypto`.
fn random() -> u128 {
    let mut bytes = [0; 16];
    if random_values(&mut bytes).is_err() {
        for part in bytes.chunks_mut(4) {
            let drawn = (js_sys::Math::random() * f64::from(u32::MAX)) as u32;
            part.copy_from_slice(&drawn.to_le_bytes());
        }
    }
    u128::from_le_bytes(bytes)
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = crypto, js_name = getRandomValues, catch)]
    fn random_values(into: &mut [u8]) -> Result<(), JsValue>;
}
