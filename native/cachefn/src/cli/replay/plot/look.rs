//! How a line looks.

/// How a line is drawn; the colours are told apart by those who see few of them, too.
#[derive(Clone, Copy, PartialEq)]
pub(crate) struct Look {
    pub(crate) colour: &'static str,
    pub(crate) width: f64,
    /// Lengths of dashes and gaps; nothing for an unbroken line.
    pub(crate) dashes: &'static str,
}
