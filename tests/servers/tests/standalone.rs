//! One server: it starts as it is asked to, and everything can be done to it.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::net::UnixStream;
use std::process::Command;
use std::time::Duration;

use cachefn_servers::Server;

/// What a server answers to some lines, as far as it comes within the time.
fn answer(mut stream: impl Read + Write, lines: &str, length: usize) -> Option<String> {
    stream.write_all(lines.as_bytes()).ok()?;
    let mut bytes = vec![0; length];
    stream.read_exact(&mut bytes).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

fn connect(redis: &Server) -> TcpStream {
    let stream = TcpStream::connect(("127.0.0.1", redis.port())).unwrap();
    stream.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
    stream
}

#[test]
fn a_server_is_empty_and_answers_at_its_port() {
    let redis = Server::start();
    assert_eq!(redis.cli(&["DBSIZE"]), "0");
    assert_eq!(answer(connect(&redis), "PING\r\n", 7).as_deref(), Some("+PONG\r\n"));
    assert_eq!(redis.info("process_id"), redis.pid().to_string());
    assert_ne!(redis.port(), 6379);
}

#[test]
fn servers_have_ports_and_data_of_their_own() {
    let (one, two) = (Server::start(), Server::start());
    assert_ne!(one.port(), two.port());
    one.cli(&["SET", "a", "1"]);
    assert_eq!(two.cli(&["GET", "a"]), "");
}

#[test]
fn a_restart_keeps_the_port_and_loses_what_was_not_saved() {
    let redis = Server::start();
    redis.cli(&["SET", "a", "1"]);
    let (pid, url) = (redis.pid(), redis.url());
    redis.restart();
    assert_eq!(redis.cli(&["EXISTS", "a"]), "0");
    assert_eq!(redis.url(), url);
    assert_ne!(redis.pid(), pid);

    redis.cli(&["SET", "a", "2"]);
    redis.cli(&["SAVE"]);
    redis.restart();
    assert_eq!(redis.cli(&["GET", "a"]), "2");
}

#[test]
fn a_server_that_is_killed_refuses_connections_until_it_begins_again() {
    let redis = Server::start();
    redis.kill();
    assert!(!redis.is_running());
    assert!(TcpStream::connect(("127.0.0.1", redis.port())).is_err());
    assert!(redis.try_cli(&["PING"]).is_err());
    redis.kill(); // no harm
    redis.restart();
    assert_eq!(redis.cli(&["PING"]), "PONG");
}

#[test]
fn a_server_that_is_stopped_answers_nobody_until_it_goes_on() {
    let redis = Server::start();
    let mut stream = connect(&redis);
    redis.stop();
    assert!(redis.is_running());
    assert_eq!(answer(&stream, "PING\r\n", 7), None);
    redis.cont();
    stream.set_read_timeout(None).unwrap();
    let mut late = [0; 7];
    stream.read_exact(&mut late).unwrap();
    assert_eq!(&late, b"+PONG\r\n");
}

#[test]
fn a_stopped_server_ends_with_its_value() {
    let redis = Server::start();
    redis.stop();
    let port = redis.port();
    drop(redis);
    assert!(TcpStream::connect(("127.0.0.1", port)).is_err());
}

#[test]
fn users_and_passwords_bind_everybody_but_the_test() {
    let redis = Server::builder()
        .password("se cret")
        .acl("user app on >pw ~cachefn:* &* +@all -@dangerous")
        .start();
    assert!(redis.url().contains("redis://:se%20cret@"), "{}", redis.url());
    let refused = answer(connect(&redis), "PING\r\n", 7);
    assert_eq!(refused.as_deref(), Some("-NOAUTH"));
    let welcome = answer(connect(&redis), "AUTH \"se cret\"\r\n", 5);
    assert_eq!(welcome.as_deref(), Some("+OK\r\n"));
    let user = "AUTH app pw\r\nSET other 1\r\n";
    assert_eq!(answer(connect(&redis), user, 12).as_deref(), Some("+OK\r\n-NOPERM"));
    assert_eq!(redis.cli(&["SET", "other", "1"]), "OK");
}

#[test]
fn a_server_on_a_socket_listens_on_no_port() {
    let redis = Server::builder().unix_socket().start();
    assert!(TcpStream::connect(("127.0.0.1", redis.port())).is_err());
    assert_eq!(redis.url(), format!("redis+unix://{}", redis.socket().display()));
    let stream = UnixStream::connect(redis.socket()).unwrap();
    assert_eq!(answer(stream, "PING\r\n", 7).as_deref(), Some("+PONG\r\n"));
}

/// What a client says that trusts our authority alone.
fn tls(redis: &Server, more: &[&str]) -> (bool, String) {
    let address = format!("localhost:{}", redis.port());
    let mut client = Command::new("openssl");
    client.args(["s_client", "-connect", &address, "-verify_return_error", "-ign_eof"]);
    client.args(["-verify_hostname", "localhost", "-CAfile"]).arg(redis.ca()).args(more);
    client.stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::piped());
    let mut child = client.stderr(std::process::Stdio::piped()).spawn().unwrap();
    let _ = child.stdin.take().unwrap().write_all(b"PING\r\nQUIT\r\n");
    let output = child.wait_with_output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&text).into_owned())
}

#[test]
fn tls_has_an_authority_of_its_own_and_the_names_of_this_machine() {
    let redis = Server::builder().tls().start();
    let (is_fine, text) = tls(&redis, &[]);
    assert!(is_fine && text.contains("+PONG"), "{text}");
    assert_eq!(
        redis.tls_url("app", "p/w"),
        format!("rediss://app:p%2Fw@localhost:{}/", redis.port())
    );
    // Without TLS nothing sensible comes.
    assert_ne!(answer(connect(&redis), "PING\r\n", 7).as_deref(), Some("+PONG\r\n"));
}

#[test]
fn a_certificate_for_another_name_is_refused() {
    let redis = Server::builder().tls_for("DNS:redis.example").start();
    let (is_fine, text) = tls(&redis, &[]);
    assert!(!is_fine && !text.contains("+PONG"), "{text}");
}

#[test]
fn clients_may_have_to_show_a_certificate() {
    let redis = Server::builder().tls().conf("tls-auth-clients yes").start();
    let (_, text) = tls(&redis, &[]);
    assert!(!text.contains("+PONG"), "{text}");
    let (certificate, key) = redis.client_certificate();
    let shown = ["-cert", certificate.to_str().unwrap(), "-key", key.to_str().unwrap()];
    let (is_fine, text) = tls(&redis, &shown);
    assert!(is_fine && text.contains("+PONG"), "{text}");
}

#[test]
fn a_line_that_the_server_refuses_is_shown() {
    let started = std::panic::catch_unwind(|| Server::builder().conf("no-such-line 1").start());
    let panic = started.expect_err("redis-server knows no such line");
    let text = panic.downcast_ref::<String>().expect("a text");
    assert!(text.contains("no-such-line"), "{text}");
}

#[test]
#[should_panic(expected = "ERR wrong number of arguments")]
fn an_error_of_a_command_is_not_taken_for_an_answer() {
    Server::start().cli(&["GET"]);
}
