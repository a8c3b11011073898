//! What the environment says holds over the file.

use cachefn::config::{Config, ConfigError, Period};
use std::time::Duration;

const FILE: &str = "[services.user-cache]\nttl = \"1m\"\n[services.\"a.b\"]\n";

fn with(variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
    Config::loader("cachefn.toml").variables(variables.iter().copied()).read(FILE)
}

#[test]
fn a_variable_says_a_setting_of_a_service() {
    let config = with(&[
        ("CACHEFN__SERVICES__USER_CACHE__TTL", "10m"),
        ("CACHEFN__SERVICES__USER_CACHE__L1__MAX_ENTRIES", "7"),
        ("CACHEFN__SERVICES__A_B__JITTER", "0.5"),
        ("CACHEFN__GLOBAL__METRICS", "true"),
        ("CACHEFN_OTHER", "nothing"),
    ]);
    let config = config.expect("nothing is wrong");
    let users = &config.services["user-cache"];
    assert_eq!(users.ttl, Some(Period(Duration::from_secs(600))));
    assert_eq!(users.l1.max_entries, Some(7));
    assert_eq!(config.services["a.b"].jitter, Some(0.5));
    assert!(config.global.metrics);
}

#[test]
fn h_39_a_variable_that_names_nothing_is_told() {
    let error = with(&[
        ("CACHEFN__SERVICES__USERCACHE__TTL", "10m"),
        ("CACHEFN__SERVICES__USER_CACHE__TLL", "10m"),
        ("CACHEFN__SERVICES__USER_CACHE__TTL", "ten minutes"),
        ("CACHEFN__PROFILE__TEST", "x"),
    ]);
    assert_eq!(
        error.unwrap_err().to_string(),
        "load cachefn.toml: 4 faults\n\
         CACHEFN__PROFILE__TEST: profile is unknown; there are \"global\", \"services\"\n\
         CACHEFN__SERVICES__USER_CACHE__TLL: services.user-cache.tll is unknown; did you mean `TTL`?\n\
         CACHEFN__SERVICES__USER_CACHE__TTL: services.user-cache.ttl is wrong: a unit of the duration has no \
         number before it; write one such as \"5m\" or \"1h30m\"\n\
         CACHEFN__SERVICES__USERCACHE__TTL: services.usercache is unknown; did you mean `USER_CACHE`?"
    );
}

#[test]
fn a_contradiction_names_the_variable_that_made_it() {
    let error = with(&[("CACHEFN__SERVICES__USER_CACHE__TTI", "2m")]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "load cachefn.toml: 1 fault\nCACHEFN__SERVICES__USER_CACHE__TTI: services.user-cache.tti is 2m, longer \
         than the ttl of 1m; write less, or leave it out"
    );
}

#[test]
fn h_39_a_variable_that_may_mean_two_services_is_told() {
    let file = format!("{FILE}[services.user_cache]\nttl = \"2m\"\n");
    let read = |name: &str| Config::loader("cachefn.toml").variables([(name, "10m")]).read(&file);
    let error = read("CACHEFN__SERVICES__USER_CACHE__TTL").unwrap_err();
    assert_eq!(
        error.to_string(),
        "load cachefn.toml: 1 fault\n\
         CACHEFN__SERVICES__USER_CACHE__TTL: services.user_cache may be one of several; rename all but one of \
         \"user-cache\", \"user_cache\""
    );
    assert!(read("CACHEFN__SERVICES__A_B__TTL").is_ok(), "nobody is held up who names another");
}
