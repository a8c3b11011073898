//! The values of `keys.json`, as keys made of the real types.

use cachefn_core::KeyText;
use serde::Deserialize;

/// A value in the notation of the vectors: its type and what is in it.
#[derive(Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
pub(crate) enum Value {
    String(String),
    Bool(bool),
    Int(String),
    Number(String),
    F32(String),
    Char(char),
    Null(True),
    Some(Box<Value>),
    List(Vec<Value>),
    Unit(True),
}

/// What stands for a type with one value.
#[derive(Deserialize)]
#[serde(try_from = "bool")]
pub(crate) struct True;

impl TryFrom<bool> for True {
    type Error = &'static str;

    fn try_from(value: bool) -> Result<Self, Self::Error> {
        value.then_some(True).ok_or("write true")
    }
}

impl Value {
    /// Gives the real key to `then`.
    fn with(&self, then: &mut dyn FnMut(&dyn KeyText)) {
        match self {
            Value::String(text) => then(text),
            Value::Bool(value) => then(value),
            Value::Int(digits) => match (digits.parse::<i64>(), digits.parse::<i128>()) {
                (Ok(small), _) => then(&small),
                (_, Ok(large)) => then(&large),
                _ => then(&digits.parse::<u128>().expect("an integer")),
            },
            Value::Number(text) => then(&text.parse::<f64>().expect("a number")),
            Value::F32(text) => then(&text.parse::<f32>().expect("a number")),
            Value::Char(character) => then(character),
            Value::Null(True) => then(&None::<u64>),
            Value::Some(value) => then(&Some(&**value)),
            Value::List(values) => then(values),
            Value::Unit(True) => then(&()),
        }
    }
}

impl KeyText for Value {
    fn write_text(&self, out: &mut String) {
        self.with(&mut |key| key.write_text(out));
    }

    fn write_json(&self, out: &mut String) {
        self.with(&mut |key| key.write_json(out));
    }

    fn is_nothing(&self) -> bool {
        let mut is_nothing = false;
        self.with(&mut |key| is_nothing = key.is_nothing());
        is_nothing
    }
}

/// Arguments as the tuple that they are.
pub(crate) struct Arguments<'a>(pub(crate) &'a [Value]);

impl KeyText for Arguments<'_> {
    fn write_text(&self, out: &mut String) {
        match self.0 {
            [] => ().write_text(out),
            [a] => (a,).write_text(out),
            [a, b] => (a, b).write_text(out),
            [a, b, c] => (a, b, c).write_text(out),
            [a, b, c, d] => (a, b, c, d).write_text(out),
            [a, b, c, d, e, f, g, h] => (a, b, c, d, e, f, g, h).write_text(out),
            _ => panic!("no tuple of {} arguments is made here yet; add it", self.0.len()),
        }
    }
}
