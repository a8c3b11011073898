//! Configurations: what they mean, what is wrong with them, and that nothing secret is shown.

mod ending;
mod environment;
mod meaning;
mod profiles;
mod schema;
mod secrets;
mod wrong;
