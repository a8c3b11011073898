//! Who leaves when the cache is full.

mod adaptive;
mod eviction;
mod fifo;
mod lfu;
mod lru;
mod named;
mod s3_fifo;
mod sieve;
#[cfg(test)]
mod tests;
mod w_tinylfu;

pub(crate) use adaptive::{Shared, is_sampled};
pub(crate) use eviction::{Eviction, Hits};
pub use named::Policy;
