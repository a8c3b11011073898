//! Over a real Redis that speaks TLS.

use std::path::Path;

use cachefn_servers::Server;

use crate::support::*;

fn trusting(authority: &Path, words: &[&str]) -> Ended {
    let mut command = program(words);
    command.env("SSL_CERT_FILE", authority).env_remove("SSL_CERT_DIR");
    ended(command)
}

#[test]
fn a_url_of_rediss_is_verified_with_the_certificates_of_the_system() {
    let server = Server::builder().tls().password("s3cret").start();
    let url = server.tls_url("default", "s3cret");
    assert!(url.starts_with("rediss://"), "{url}");
    let over = |words: &[&str]| trusting(&server.ca(), &[words, &["--url", &url]].concat());
    over(&["set", "k", "7", "-n", "c"]).succeeds();
    assert_eq!(over(&["get", "k"]).succeeds().out, "7\n");
    let doctor = over(&["doctor"]).succeeds();
    assert!(
        doctor.out.contains("rediss://hidden@") && !doctor.out.contains("s3cret"),
        "{doctor:?}"
    );

    let place = Place::new();
    let config = place.path("cachefn.toml");
    let text = format!(
        "[services.c]\ncache_type = \"l2\"\nttl = \"1h\"\nl2.connection_string = {url:?}\n"
    );
    std::fs::write(&config, text).expect("a file can be written");
    let config = config.to_str().expect("a path of text");
    assert_eq!(trusting(&server.ca(), &["get", "k", "--config", config]).succeeds().out, "7\n");
}

#[test]
fn h_35_a_server_that_nobody_vouches_for_is_refused_and_the_password_stays_here() {
    let server = Server::builder().tls().password("s3cret").start();
    let stranger = Server::builder().tls().start();
    let url = server.tls_url("default", "s3cret");
    let refused = trusting(&stranger.ca(), &["keys", "--url", &url]).fails(2);
    assert!(refused.told.starts_with("cachefn: connect: "), "{refused:?}");
    assert!(
        refused.told.contains("certificate") && !refused.told.contains("s3cret"),
        "{refused:?}"
    );
    assert!(!server.log().contains("Accepted"), "nobody has come in");

    let plain = url.replacen("rediss", "redis", 1);
    let refused = trusting(&server.ca(), &["keys", "--url", &plain]).fails(3);
    assert!(!refused.told.contains("s3cret"), "{refused:?}");
}
