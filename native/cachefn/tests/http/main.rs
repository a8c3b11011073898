//! The layer that caches responses, requirement by requirement; `docs/http.md` names these tests.

mod flights;
mod freshness;
mod stale;
mod storing;
mod support;
mod validation;
mod variants;
