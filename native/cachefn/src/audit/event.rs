//! One change, as it is written down.

use serde::Serialize;

/// One change. Neither values nor passwords are in it.
///
/// ```
/// use cachefn::audit::{AuditEvent, What};
/// let event = AuditEvent::new(What::Clear, "users", "ada@support").detail("asked for in a ticket");
/// assert_eq!((event.what.as_str(), &*event.service, &*event.who), ("clear", "users", "ada@support"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct AuditEvent {
    /// When, in milliseconds since 1970.
    pub at_ms: u64,
    /// What.
    pub what: What,
    /// Where; empty for what concerns all services.
    pub service: String,
    /// Who: the process, unless somebody said who asked for it.
    pub who: String,
    /// More, in words.
    pub detail: String,
}

/// What was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum What {
    /// Services were opened.
    Open,
    /// A setting became another one.
    Configure,
    /// A setting was to become another one, and did not.
    Refuse,
    /// Entries were invalidated.
    Invalidate,
    /// Entries were deleted by their keys.
    Delete,
    /// All entries were removed.
    Clear,
    /// A storage was given up, or is back.
    State,
    /// Services were ended.
    End,
}

impl What {
    /// The word in the events.
    pub const fn as_str(self) -> &'static str {
        match self {
            What::Open => "open",
            What::Configure => "configure",
            What::Refuse => "refuse",
            What::Invalidate => "invalidate",
            What::Delete => "delete",
            What::Clear => "clear",
            What::State => "state",
            What::End => "end",
        }
    }
}

impl AuditEvent {
    /// A change that `who` made; its time is that of its being written down.
    pub fn new(what: What, service: impl Into<String>, who: impl Into<String>) -> Self {
        let (service, who) = (service.into(), who.into());
        AuditEvent { at_ms: 0, what, service, who, detail: String::new() }
    }

    /// Says more of it.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = detail.into();
        self
    }
}
