//! What a program's own code removes, written down as what operators do is.

use cachefn_core::{Invalidation, Removal};

use crate::audit::{Audit, AuditEvent, What};

/// Who changes what nobody in particular changes.
pub(super) fn process() -> String {
    format!("process {}", std::process::id())
}

/// Writes each removal of a service down.
pub(super) fn removals(
    audit: Audit,
    service: &str,
) -> impl Fn(&Removal<'_>) + Send + Sync + 'static {
    let (service, who) = (service.to_string(), process());
    move |removal| {
        let (what, of) = described(removal.what);
        // The entries of one function have a name below that of the service.
        let place = (removal.name != service).then(|| format!("of {}", removal.name));
        let failed = removal.failure.map(|error| format!("failed: {error}"));
        let parts: Vec<String> = [place, of, failed].into_iter().flatten().collect();
        audit.tell(AuditEvent::new(what, &*service, &*who).detail(parts.join("; ")));
    }
}

fn described(what: &Invalidation) -> (What, Option<String>) {
    match what {
        Invalidation::Keys(keys) => (What::Delete, Some(list("keys", keys))),
        Invalidation::Tags(tags, _) => (What::Invalidate, Some(list("tags", tags))),
        Invalidation::Patterns(patterns, _) => (What::Invalidate, Some(list("patterns", patterns))),
        Invalidation::Everything => (What::Clear, None),
        other => (What::Invalidate, Some(format!("{other:?}"))),
    }
}

/// The first of them, and how many there are besides.
fn list(kind: &str, texts: &[String]) -> String {
    let shown = texts[..texts.len().min(MOST)].join(", ");
    match texts.len().saturating_sub(MOST) {
        0 => format!("{kind} {shown}"),
        more => format!("{kind} {shown} and {more} more"),
    }
}

/// A line stays one that can be read.
const MOST: usize = 16;
