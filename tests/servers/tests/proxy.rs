//! The proxy does to connections what its methods say.

use std::io::{ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::OnceLock;
use std::thread;
use std::time::{Duration, Instant};

use cachefn_servers::{Proxy, Server};

fn redis() -> &'static Server {
    static REDIS: OnceLock<Server> = OnceLock::new();
    REDIS.get_or_init(Server::start)
}

fn connect(proxy: &Proxy) -> TcpStream {
    let stream = TcpStream::connect(("127.0.0.1", proxy.port())).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream
}

fn ask(mut stream: &TcpStream) {
    stream.write_all(b"PING\r\n").unwrap();
}

/// What comes: an answer, nothing within a while, or the end.
fn hear(mut stream: &TcpStream) -> &'static str {
    let mut bytes = [0; 7];
    match stream.read_exact(&mut bytes) {
        Ok(()) if &bytes == b"+PONG\r\n" => "answer",
        Ok(()) => "something else",
        Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
            "nothing"
        }
        Err(_) => "end",
    }
}

fn hear_soon(stream: &TcpStream) -> &'static str {
    stream.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
    let heard = hear(stream);
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    heard
}

/// Waits until so many connections are open.
fn opens(proxy: &Proxy, count: usize) {
    for _ in 0..1_000 {
        if proxy.open() == count {
            return;
        }
        thread::sleep(Duration::from_millis(10));
    }
    panic!("{} connections are open instead of {count}", proxy.open());
}

#[test]
fn everything_passes_at_first() {
    let proxy = Proxy::to(redis().port());
    let clients = [connect(&proxy), connect(&proxy)];
    for client in &clients {
        ask(client);
        assert_eq!(hear(client), "answer");
    }
    assert_eq!((proxy.accepted(), proxy.open()), (2, 2));
    drop(clients);
    opens(&proxy, 0);
    assert!(proxy.url().ends_with(&format!("{}/", proxy.port())));
}

#[test]
fn more_than_a_buffer_passes_unchanged() {
    let proxy = Proxy::to(redis().port());
    let text: String =
        (0..1_000_000_u32).map(|index| char::from(b'a' + (index % 23) as u8)).collect();
    let mut client = connect(&proxy);
    let request = format!("*2\r\n$4\r\nECHO\r\n${}\r\n{text}\r\n", text.len());
    client.write_all(request.as_bytes()).unwrap();
    let expected = format!("${}\r\n{text}\r\n", text.len());
    let mut answer = vec![0; expected.len()];
    client.read_exact(&mut answer).unwrap();
    assert!(answer == expected.as_bytes());
}

#[test]
fn a_delayed_reply_comes_no_earlier() {
    let proxy = Proxy::to(redis().port());
    let client = connect(&proxy);
    proxy.delay(Duration::from_millis(150));
    let began = Instant::now();
    ask(&client);
    assert_eq!(hear(&client), "answer");
    assert!(began.elapsed() >= Duration::from_millis(150));
    // An hour's delay ends when it is taken back.
    proxy.delay(Duration::from_secs(3600));
    ask(&client);
    assert_eq!(hear_soon(&client), "nothing");
    proxy.pass();
    assert_eq!(hear(&client), "answer");
}

#[test]
fn dropping_all_ends_connections_and_refuses_new_ones() {
    let proxy = Proxy::to(redis().port());
    let client = connect(&proxy);
    ask(&client);
    assert_eq!(hear(&client), "answer");
    proxy.drop_all();
    assert_eq!(hear(&client), "end");
    assert_eq!(hear(&connect(&proxy)), "end");
    proxy.pass();
    let client = connect(&proxy);
    ask(&client);
    assert_eq!(hear(&client), "answer");
    proxy.cut();
    assert_eq!(hear(&client), "end");
    let client = connect(&proxy);
    ask(&client);
    assert_eq!(hear(&client), "answer");
}

#[test]
fn a_black_hole_tells_nobody_and_gives_back_what_it_held() {
    let proxy = Proxy::to(redis().port());
    let client = connect(&proxy);
    ask(&client);
    assert_eq!(hear(&client), "answer");
    proxy.black_hole();
    ask(&client);
    assert_eq!(hear_soon(&client), "nothing");
    let newcomer = connect(&proxy);
    ask(&newcomer);
    assert_eq!(hear_soon(&newcomer), "nothing");
    proxy.pass();
    assert_eq!((hear(&client), hear(&newcomer)), ("answer", "answer"));
}

#[test]
fn a_black_hole_hides_the_end_of_the_server() {
    let redis = Server::start();
    let proxy = Proxy::to(redis.port());
    let client = connect(&proxy);
    ask(&client);
    assert_eq!(hear(&client), "answer");
    proxy.black_hole();
    redis.kill();
    assert_eq!(hear_soon(&client), "nothing");
    proxy.pass();
    assert_eq!(hear(&client), "end");
    // Nobody is there to connect to.
    assert_eq!(hear(&connect(&proxy)), "end");
}

#[test]
fn a_half_open_connection_is_gone_for_the_server_alone() {
    let redis = Server::start();
    let proxy = Proxy::to(redis.port());
    let client = connect(&proxy);
    ask(&client);
    assert_eq!(hear(&client), "answer");
    assert_eq!(redis.info("connected_clients"), "2"); // one of them asks this
    proxy.half_open();
    for _ in 0..3 {
        ask(&client);
    }
    assert_eq!(hear_soon(&client), "nothing");
    assert_eq!(redis.info("connected_clients"), "1");
    let newcomer = connect(&proxy);
    ask(&newcomer);
    assert_eq!(hear(&newcomer), "answer");
    opens(&proxy, 2);
    drop(client);
    opens(&proxy, 1);
}

#[test]
fn a_reply_can_be_cut_in_its_middle() {
    let proxy = Proxy::to(redis().port());
    let mut client = connect(&proxy);
    proxy.cut_after(7 + 3);
    ask(&client);
    assert_eq!(hear(&client), "answer");
    ask(&client);
    let mut rest = Vec::new();
    let _ = client.read_to_end(&mut rest);
    assert_eq!(rest, b"+PO");
    // Only once.
    let client = connect(&proxy);
    ask(&client);
    assert_eq!(hear(&client), "answer");
}

#[test]
fn a_proxy_ends_at_once_whatever_it_holds() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let proxy = Proxy::to(listener.local_addr().unwrap().port());
    let client = connect(&proxy);
    ask(&client);
    proxy.black_hole();
    ask(&client);
    let other = connect(&proxy);
    drop(proxy);
    assert_eq!((hear(&client), hear(&other)), ("end", "end"));
}
