//! The layer that caches responses, requirement by requirement; `docs/http.md` names these tests.

mod bad_input;
mod conditions;
mod flights;
mod freshness;
mod invalidation;
mod keys;
mod methods;
mod overtaken;
mod purging;
mod redis;
mod server;
mod stale;
mod storages;
mod storing;
mod support;
mod table;
mod validation;
mod variants;
