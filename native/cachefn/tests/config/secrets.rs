//! Secrets: where they may stand, and that they are shown nowhere.

use cachefn::config::{Config, ConfigError};

fn read(settings: &str, variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let text =
        format!("[services.users]\ncache_type = \"two-level\"\n[services.users.l2]\n{settings}\n");
    Config::loader("cachefn.toml").variables(variables.iter().copied()).read(&text)
}

#[test]
fn no_way_of_writing_a_configuration_shows_a_password() {
    let settings =
        "connection_string = \"redis://app:geheim@10.0.0.1:6379/2\"\npassword = \"geheim\"";
    let config = read(settings, &[]).expect("nothing is wrong");
    let shown = [
        format!("{config:?}"),
        format!("{config:#?}"),
        serde_json::to_string(&config).expect("JSON"),
        serde_json::to_value(&config).expect("JSON").to_string(),
    ];
    for text in shown {
        assert!(!text.contains("geheim"), "{text}");
        assert!(text.contains("redis://hidden@10.0.0.1:6379/2"), "{text}");
    }
    let l2 = config.services["users"].l2.as_ref().expect("a storage");
    assert_eq!(l2.password.as_ref().map(|password| password.reveal()), Some("geheim"));
}

#[test]
fn passwords_with_signs_of_addresses_in_them_stay_hidden() {
    for password in ["ge,heim", "ge@heim", "ge://heim", "ge:heim", "ge/heim,redis://x", "ge?heim"] {
        let settings = format!("connection_string = \"redis://app:{password}@10.0.0.1/\"");
        let text = format!("{:?}", read(&settings, &[]).expect("nothing is wrong"));
        assert!(!text.contains("heim") && !text.contains("ge,"), "{text}");
    }
    for password in ["geheim", "ge@heim", "ge?heim@", "@ge://heim", "ge/heim,redis://x"] {
        let socket =
            format!("connection_string = \"unix:///run/redis.sock?user=app&pass={password}\"");
        let text = format!("{:?}", read(&socket, &[]).expect("nothing is wrong"));
        assert!(text.contains("unix:///run/redis.sock?hidden"), "{text}");
        assert!(!text.contains("heim"), "{text}");
    }
}

#[test]
fn a_secret_may_stand_in_a_variable_or_in_a_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("password");
    std::fs::write(&path, "geheim\n").expect("a file");
    let settings = format!("connection_string_env = \"REDIS\"\npassword_file = {path:?}");
    let config = read(&settings, &[("REDIS", "redis://10.0.0.1/")]).expect("nothing is wrong");
    let l2 = config.services["users"].l2.as_ref().expect("a storage");
    let revealed =
        [&l2.connection_string, &l2.password].map(|text| text.as_ref().map(|text| text.reveal()));
    assert_eq!(revealed, [Some("redis://10.0.0.1/"), Some("geheim")]);
}

#[test]
fn no_fault_shows_what_was_written() {
    let text = "[services.users]\ncache_type = \"two-level\"\nl2.connection_string = \"geheim\"\n\
                l2.pasword = \"geheim\"\nl2.mode = \"geheim\"\nttl = \"geheim\"\nl2.password = [\"geheim\"]\n";
    let error = Config::read(text).unwrap_err();
    assert_eq!(error.faults.len(), 5, "{error}");
    assert!(!error.to_string().contains("geheim"), "{error}");
    assert!(!format!("{error:?}").contains("geheim"));
    let broken = Config::read("[services.users]\nl2.password = \"geheim\nx = 1").unwrap_err();
    assert!(!broken.to_string().contains("geheim"), "{broken}");
}
