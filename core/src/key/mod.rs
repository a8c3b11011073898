//! What keys must be able to do: be looked up in a borrowed form, and have one text.

mod arguments;
mod impls;
mod json;
mod lookup;
mod reading;
mod text;

pub use arguments::{Arguments, List, Maybe, Part};
pub use lookup::Lookup;
#[cfg(feature = "std")]
pub(crate) use text::read_key;
pub use text::{KeyText, key_text};
