//! What a browser refuses, and what follows from it.

use cachefn_core::Error;
use wasm_bindgen::prelude::*;

/// Why the browser did not do something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Failure {
    /// There is no room for more.
    Full(String),
    /// The connection is gone; another one may do.
    Lost(String),
    /// What is there belongs to somebody else.
    Foreign,
    /// It takes too long.
    Late,
    /// The database is of a newer version.
    Newer,
    /// The storage was closed.
    Closed,
    /// Anything else.
    Refused(String),
}

impl Failure {
    /// What a caller of `operation` is told.
    pub(crate) fn told(self, operation: &'static str) -> Error {
        match self {
            Failure::Full(why) => {
                Error::unavailable(operation, format!("the browser has no room for it ({why})"))
            }
            Failure::Foreign => Error::config(
                operation,
                "the database belongs to another program; give this one another name",
            ),
            Failure::Late => Error::timeout(
                operation,
                "the database does not open; another page may be deleting it, or hold an old version",
            ),
            Failure::Newer => Error::unavailable(
                operation,
                "the database belongs to a newer version of this program",
            ),
            Failure::Closed => {
                Error::unavailable(operation, "the storage is closed; make another one to use it")
            }
            Failure::Lost(why) | Failure::Refused(why) => Error::unavailable(operation, why),
        }
    }
}

impl From<JsValue> for Failure {
    /// By the name of an exception: they are of several classes, and their texts differ.
    fn from(thrown: JsValue) -> Self {
        if thrown.is_null() || thrown.is_undefined() {
            // A transaction that nobody aborted: its connection is gone.
            return Failure::Lost("the connection to the database was closed".into());
        }
        let exception: &Exception = thrown.unchecked_ref();
        let (name, message) = (text(exception.name()), text(exception.message()));
        let words = if message.is_empty() { name.clone() } else { format!("{name}: {message}") };
        match &*name {
            "QuotaExceededError" | "NS_ERROR_DOM_QUOTA_REACHED" => Failure::Full(words),
            "InvalidStateError" | "AbortError" => Failure::Lost(words),
            "VersionError" => Failure::Newer,
            _ if name.is_empty() => Failure::Refused(format!("{thrown:?}")),
            _ => Failure::Refused(words),
        }
    }
}

fn text(value: JsValue) -> String {
    value.as_string().unwrap_or_default()
}

#[wasm_bindgen]
extern "C" {
    /// Whatever was thrown.
    type Exception;
    #[wasm_bindgen(method, getter)]
    fn name(this: &Exception) -> JsValue;
    #[wasm_bindgen(method, getter)]
    fn message(this: &Exception) -> JsValue;
}
