//! What keys must be able to do: be looked up in a borrowed form, and have one text.

mod arguments;
mod json;
mod lookup;
mod text;

pub use arguments::{Arguments, List, Maybe, Part};
pub use lookup::Lookup;
pub use text::{KeyText, key_text};
