//! Caches of several processes, which tell each other through a real Redis.

mod support;

mod caches;
mod losing;
mod telling;
