//! Profiles: what one says holds over what always holds.

use cachefn::config::{CacheType, Config};

const FILE: &str = r#"
[services.users]
ttl = "1m"
l1.max_entries = 10

[profile.production.services.users]
cache_type = "two-level"
l2.connection_string = "redis://10.0.0.1/"

[profile.test.services.users.l1]
max_entries = 2
"#;

fn with(profile: &str) -> Config {
    let loader = Config::loader("cachefn.toml").variables([("CACHEFN_PROFILE", profile)]);
    loader.read(FILE).expect("nothing is wrong")
}

#[test]
fn the_variable_chooses_a_profile_and_the_rest_stays() {
    let config = with("production");
    let users = &config.services["users"];
    assert_eq!((users.cache_type, users.l1.max_entries), (CacheType::TwoLevel, Some(10)));
    assert_eq!(config.profile.as_deref(), Some("production"));
    assert_eq!(with("test").services["users"].l1.max_entries, Some(2));
}

#[test]
fn without_a_profile_none_holds() {
    let config = with("");
    assert_eq!(config.services["users"].cache_type, CacheType::L1);
    assert_eq!(config.profile, None);
}

#[test]
fn the_program_chooses_before_the_variable() {
    let loader = Config::loader("cachefn.toml").profile("test");
    let config = loader.variables([("CACHEFN_PROFILE", "production")]).read(FILE);
    assert_eq!(config.expect("nothing is wrong").profile.as_deref(), Some("test"));
}

#[test]
fn h_39_a_profile_that_nobody_chose_is_checked_too() {
    let text = "[profile.production.services.users]\ntll = 5\n";
    let error = Config::loader("cachefn.toml").variables([("A", "b")]).read(text).unwrap_err();
    assert_eq!(
        error.to_string(),
        "load cachefn.toml: 1 fault\ncachefn.toml:2: profile.production.services.users.tll is unknown; \
         did you mean `ttl`?"
    );
}
