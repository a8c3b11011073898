//! The layer that caches responses, requirement by requirement; `docs/http.md` names these tests.

mod conditions;
mod flights;
mod freshness;
mod invalidation;
mod keys;
mod methods;
mod purging;
mod stale;
mod storing;
mod support;
mod validation;
mod variants;
