//! Values that a configuration writes in their own way: lengths of time, sizes, and what nobody may see.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Visitor;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::texts;

/// A length of time: a text such as `"10m"`, or a number of seconds.
///
/// ```
/// use cachefn::config::Period;
/// let period: Period = serde_json::from_str("\"1h30m\"")?;
/// assert_eq!(period.0, std::time::Duration::from_secs(5_400));
/// assert_eq!(serde_json::to_string(&period)?, "\"1h30m\"");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Period(pub Duration);

/// A number of bytes: a text such as `"64MiB"`, or a number.
///
/// ```
/// use cachefn::config::ByteSize;
/// let size: ByteSize = serde_json::from_str("\"64KiB\"")?;
/// assert_eq!((size.0, size.to_string().as_str()), (65_536, "64KiB"));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ByteSize(pub u64);

/// A text that is used and never shown: a password, or an address with one in it. Its `Debug`, its
/// `Display` and what `serde` makes of it hide the password of an address, and all of any other text.
///
/// ```
/// use cachefn::config::Secret;
/// let address = Secret::new("redis://app:geheim@10.0.0.1:6379/2");
/// assert_eq!(address.to_string(), "redis://hidden@10.0.0.1:6379/2");
/// assert_eq!(format!("{:?}", Secret::new("geheim")), "hidden");
/// assert_eq!(Secret::new("geheim").reveal(), "geheim");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Hides a text.
    pub fn new(text: impl Into<String>) -> Self {
        Secret(text.into())
    }

    /// The text, for who needs it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&texts::shown(&self.0))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&texts::period(self.0))
    }
}

impl fmt::Debug for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for ByteSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&texts::bytes(self.0))
    }
}

impl fmt::Debug for ByteSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

macro_rules! shown {
    ($($name:ident)*) => {
        $(impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        })*
    };
}
shown!(Period ByteSize Secret);

impl<'de> Deserialize<'de> for Period {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Number(texts::read_period)).map(Period)
    }
}

impl<'de> Deserialize<'de> for ByteSize {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Number(texts::read_bytes)).map(ByteSize)
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Secret)
    }
}

/// Reads a text, or a number as its text.
struct Number<T>(fn(&str) -> Result<T, String>);

impl<T> Visitor<'_> for Number<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text with a unit, or a whole number")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<T, E> {
        (self.0)(text).map_err(E::custom)
    }

    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<T, E> {
        (self.0)(&number.to_string()).map_err(E::custom)
    }

    fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<T, E> {
        (self.0)(&number.to_string()).map_err(E::custom)
    }
}

/// The schemas say what a text is, so that whoever reads a file by the schema can check it.
macro_rules! described {
    ($($name:ident $types:tt $format:literal $text:literal)*) => {
        $(impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }
            fn inline_schema() -> bool {
                true
            }
            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": $types, "format": $format, "description": $text })
            }
        })*
    };
}
described! {
    Period ["string", "integer"] "cachefn-duration" "A length of time such as \"10m\", or a number of seconds."
    ByteSize ["string", "integer"] "cachefn-bytes" "A size such as \"64MiB\", or a number of bytes."
    Secret ["string"] "cachefn-secret" "A text that is never shown."
}
