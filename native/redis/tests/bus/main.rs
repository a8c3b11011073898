//! Caches of several processes, which tell each other through a real Redis.

mod support;

mod losing;
mod telling;
