//! What is offered to types that are picky about texts and bytes.

/// Texts: one of them is a date, an address, a version, a language or a colour.
pub(super) const TEXTS: &[&str] = &[
    "",
    "1",
    "a",
    "1970-01-01T00:00:00Z",
    "1970-01-01",
    "00:00:00",
    "1970-01-01T00:00:00",
    "1970-01-01T00:00:00+00:00[UTC]",
    "00000000-0000-4000-8000-000000000001",
    "127.0.0.1",
    "127.0.0.1:1",
    "127.0.0.0/8",
    "::1",
    "http://a/",
    "/",
    "1.0.0",
    "a@a.aa",
    "en",
    "UTC",
    "1s",
    "PT1S",
    "#000000",
    "true",
];

/// Lengths of bytes: one of them is that of an identifier, an address or a hash.
pub(super) const LENGTHS: [usize; 7] = [16, 0, 1, 4, 8, 20, 32];
