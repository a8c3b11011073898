//! A number for the shape of a type, found by watching what the type asks a deserializer for.
//!
//! A type of `serde` tells its shape by what it asks for, so it is read from samples made up on the
//! spot, and everything it asks for becomes a fact: what, and where in the type. The sorted facts are
//! hashed. One reading shows one variant of each enum, so there are as many readings as it takes to
//! see them all. Where a type refuses a sample (an address, a date, a number that is not 0), the next
//! reading offers another one.
//!
//! Types that contain themselves, and types that occur more than once, are numbered in the order in
//! which they are met: a fact names the number, and what is inside is told once.

use serde::de::DeserializeOwned;

use super::shape::Shape;
use super::trace::Trace;

/// The number of a type's shape, the same on every machine and never 0.
pub(super) fn fingerprint<V: DeserializeOwned>() -> u32 {
    let mut trace = Trace::default();
    while trace.begins() {
        let read = V::deserialize(Shape::new(&mut trace));
        if !trace.goes_on(read.is_ok()) {
            break;
        }
    }
    trace.hash(size_of::<V>())
}
