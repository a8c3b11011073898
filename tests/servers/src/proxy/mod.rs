//! A TCP proxy that does to connections what networks do.

mod lane;
mod shared;

use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;
use std::{fmt, io};

use shared::{Mode, Shared};

/// Stands before a port of this machine and passes everything on, until it is told otherwise.
///
/// ```
/// use cachefn_servers::{Proxy, Server};
/// use std::io::{Read, Write};
/// use std::net::TcpStream;
///
/// let redis = Server::start();
/// let proxy = Proxy::to(redis.port());
/// let mut client = TcpStream::connect(("127.0.0.1", proxy.port()))?;
/// client.write_all(b"PING\r\n")?;
/// let mut answer = [0; 7];
/// client.read_exact(&mut answer)?;
/// assert_eq!(&answer, b"+PONG\r\n");
///
/// proxy.drop_all();
/// assert!(client.read(&mut answer).is_ok_and(|length| length == 0));
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct Proxy {
    port: u16,
    shared: Arc<Shared>,
    accepting: Option<JoinHandle<()>>,
}

impl Proxy {
    /// Listens on a free port. There need be nobody at the other one yet.
    ///
    /// # Panics
    /// The system has no port.
    #[must_use = "the proxy ends when this value is dropped"]
    pub fn to(port: u16) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .unwrap_or_else(|error| panic!("start a proxy: {error}"));
        let own = listener.local_addr().expect("it listens").port();
        let shared = Arc::new(Shared::to(port));
        let accepting = thread::spawn({
            let shared = Arc::clone(&shared);
            move || accept(&listener, &shared)
        });
        Self { port: own, shared, accepting: Some(accepting) }
    }

    /// Where it listens, on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// What a client of Redis connects to.
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/", self.port)
    }

    /// How many connections it has been asked for.
    pub fn accepted(&self) -> usize {
        self.shared.lock().accepted
    }

    /// How many connections are open now, those among them of which one side does not know that it is
    /// alone.
    pub fn open(&self) -> usize {
        self.shared.lock().pairs.len()
    }

    /// Passes on again. What a black hole holds back arrives now.
    pub fn pass(&self) {
        self.shared.set(Mode::Pass);
    }

    /// Holds each reply back for this long; requests pass at once.
    pub fn delay(&self, delay: Duration) {
        self.shared.set(Mode::Delay(delay));
    }

    /// Ends every connection and refuses new ones.
    pub fn drop_all(&self) {
        self.shared.set(Mode::Drop);
        self.shared.lock().cut();
    }

    /// Ends every connection; new ones are as they were.
    pub fn cut(&self) {
        self.shared.lock().cut();
    }

    /// Loses every packet: connections stay and new ones are made, but nothing arrives, not even the end
    /// of one, and nobody is told. After [`pass`](Self::pass) it arrives late, as TCP sends it again.
    pub fn black_hole(&self) {
        self.shared.set(Mode::BlackHole);
    }

    /// Lets the server forget every connection without telling its clients: what they send is lost and
    /// nothing comes. New connections are as they were.
    pub fn half_open(&self) {
        for pair in &self.shared.lock().pairs {
            pair.forget();
        }
    }

    /// Lets so many more bytes of replies pass, of all connections together, and ends the connection that
    /// has the next one, in the middle of a reply.
    pub fn cut_after(&self, bytes: usize) {
        self.shared.lock().budget = Some(bytes);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.shared.end();
        // It waits for a connection, and this is one.
        let _ = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port));
        let _ = self.accepting.take().map(JoinHandle::join);
        let lanes = std::mem::take(&mut self.shared.lock().lanes);
        for lane in lanes {
            let _ = lane.join();
        }
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Proxy").field("port", &self.port).finish_non_exhaustive()
    }
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    for client in listener.incoming() {
        let mut state = shared.lock();
        if state.is_ending {
            return;
        }
        let Ok(client) = client else { continue };
        state.accepted += 1;
        state.lanes.retain(|lane| !lane.is_finished());
        if state.mode == Mode::Drop {
            let _ = client.shutdown(Shutdown::Both);
            continue;
        }
        let shared = Arc::clone(shared);
        state.lanes.push(thread::spawn(move || {
            // A server that is away ends the connection.
            let _: io::Result<()> = lane::both(client, &shared);
        }));
    }
}
