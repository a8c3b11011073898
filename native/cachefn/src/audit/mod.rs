//! What was changed, by whom and when: one event each, to `tracing` and, where it is wanted, to a file.

mod event;
mod file;
mod trail;

pub use event::{AuditEvent, What};
pub use trail::Audit;
