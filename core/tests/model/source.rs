//! Where the choices of a drawn test come from: a seed, or the input of a fuzz target.

/// A source of choices.
pub(crate) trait Source {
    /// A number below `below`, which is 65,536 at most; `None` at the end of the source.
    fn below(&mut self, below: u32) -> Option<u32>;
}

/// One of a list.
pub(crate) fn pick<T: Clone>(source: &mut dyn Source, from: &[T]) -> Option<T> {
    source.below(from.len() as u32).map(|at| from[at as usize].clone())
}

/// SplitMix64: enough randomness for a model test, seeded and without an end.
pub(crate) struct Random(pub(crate) u64);

impl Source for Random {
    fn below(&mut self, below: u32) -> Option<u32> {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        Some(((z ^ (z >> 31)) % u64::from(below)) as u32)
    }
}

/// The bytes of a fuzz target, one or two a choice.
pub(crate) struct Bytes<'a>(std::slice::Iter<'a, u8>);

impl<'a> Bytes<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Bytes(bytes.iter())
    }
}

impl Source for Bytes<'_> {
    fn below(&mut self, below: u32) -> Option<u32> {
        let mut drawn = u32::from(*self.0.next()?);
        if below > 256 {
            drawn = drawn << 8 | u32::from(*self.0.next()?);
        }
        Some(drawn % below)
    }
}
