//! A password in a url is never printed, whatever goes wrong.

use cachefn_servers::Server;

use crate::support::*;

const SECRET: &str = "s3cret@h0rse";

#[track_caller]
fn hides(command: std::process::Command) -> Ended {
    let ended = ended(command);
    let all = [&*ended.out, &ended.told].concat();
    assert!(!all.contains("s3cret") && !all.contains("h0rse"), "{all}");
    ended
}

#[test]
fn a_password_is_in_no_error_whatever_is_wrong_with_the_words() {
    let url = format!("redis://app:{SECRET}@127.0.0.1:1/0");
    hides(program(&["keys", "--url", &url])).fails(3);
    hides(program(&["doctor", "--json", "--url", &url])).fails(3);
    hides(program(&["keys", "--url", &format!("{url}/no/database")]));
    // The word --url was forgotten, or the value is another's.
    hides(program(&["stats", &url])).fails(2);
    hides(program(&["top", "--interval", &url])).fails(2);
    hides(program(&["--file", &url, "keys"])).fails(3);
    hides(program(&["--rocksdb", &url, "keys"]));
    hides(program(&["--rocksdb", &url, "set", "k", "1"]));
    hides(Place::new().command(&["import", &url])).fails(4);
    hides(program(&["replay", &url])).fails(4);
}

#[test]
fn the_password_of_a_socket_is_shown_nowhere() {
    let server = Server::builder().password("s3cret@h0rse").start();
    let socket = server.socket();
    for scheme in ["unix", "redis+unix"] {
        let url = format!("{scheme}://{}?pass={SECRET}", socket.display());
        let with_url = |words: &[&str]| {
            let mut command = program(words);
            command.args(["--url", &url]);
            command
        };
        hides(with_url(&["set", "k", "1", "-n", "n"])).succeeds();
        let doctor = hides(with_url(&["doctor"])).succeeds();
        assert!(doctor.out.contains("redis.sock?hidden"), "{doctor:?}");
        let top = hides(with_url(&["top", "--count", "1"])).succeeds();
        assert!(top.out.contains("redis.sock?hidden"), "{top:?}");
        let all = hides(with_url(&["invalidate", "--all"])).fails(2);
        assert!(all.told.contains("redis.sock?hidden"), "{all:?}");
        hides(program(&["stats", &url])).fails(2);
        hides(program(&["top", "--interval", &url])).fails(2);
        hides(program(&["--file", &url, "keys"])).fails(3);
    }
    let nobody = format!("unix:///nobody/is/here.sock?user=app&pass={SECRET}&db=1");
    hides(program(&["keys", "--url", &nobody])).fails(3);
    hides(program(&["doctor", "--json", "--url", &nobody])).fails(3);
}

#[test]
fn a_password_with_a_space_in_it_is_in_no_title() {
    let server = Server::builder().password("a s3cret").start();
    let url = format!("redis://:a s3cret@127.0.0.1:{}/", server.port());
    let top = hides(program(&["top", "--count", "1", "--url", &url])).succeeds();
    assert!(top.out.starts_with("redis://hidden@127.0.0.1"), "{top:?}");
}

#[test]
fn a_password_in_the_environment_is_used_and_not_shown_by_help() {
    let server = Server::builder().password("s3cret").start();
    let url = server.url_for("default", "s3cret");
    let with_url = |words: &[&str]| {
        let mut command = program(words);
        command.env("CACHEFN_URL", &url);
        command
    };
    hides(with_url(&["--help"])).succeeds();
    hides(with_url(&["set", "k", "1", "-n", "n"])).succeeds();
    assert_eq!(hides(with_url(&["get", "k"])).succeeds().out, "1\n");
    let doctor = hides(with_url(&["doctor"])).succeeds();
    assert!(doctor.out.contains("redis://hidden@127.0.0.1"), "{doctor:?}");
    let top = hides(with_url(&["top", "--count", "1"])).succeeds();
    assert!(top.out.starts_with("redis://hidden@"), "{top:?}");
    let several = hides(with_url(&["invalidate", "--all"])).fails(2);
    assert!(several.told.contains("from redis://hidden@"), "{several:?}");
}
