//! Every block of the guide and of the project's page, compiled and run.

#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
