//! What the threads of a proxy share: its mode, and the connections that are open.

use std::io;
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// What happens to everything that arrives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Pass,
    Delay(Duration),
    Drop,
    BlackHole,
}

pub(super) struct Shared {
    target: SocketAddr,
    state: Mutex<State>,
    changed: Condvar,
}

pub(super) struct State {
    pub(super) mode: Mode,
    pub(super) pairs: Vec<Arc<Pair>>,
    pub(super) lanes: Vec<JoinHandle<()>>,
    pub(super) accepted: usize,
    /// How many more bytes of replies may pass, if they are counted.
    pub(super) budget: Option<usize>,
    pub(super) is_ending: bool,
}

/// A connection from a client, and the one that was made to the server for it.
pub(super) struct Pair {
    pub(super) client: TcpStream,
    pub(super) server: TcpStream,
    is_forgotten: AtomicBool,
}

impl Shared {
    pub(super) fn to(port: u16) -> Self {
        let state = State {
            mode: Mode::Pass,
            pairs: Vec::new(),
            lanes: Vec::new(),
            accepted: 0,
            budget: None,
            is_ending: false,
        };
        let target = (Ipv4Addr::LOCALHOST, port).into();
        Self { target, state: Mutex::new(state), changed: Condvar::new() }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn set(&self, mode: Mode) {
        self.lock().mode = mode;
        self.changed.notify_all();
    }

    pub(super) fn end(&self) {
        let mut state = self.lock();
        state.is_ending = true;
        state.cut();
        self.changed.notify_all();
    }

    /// Makes the connection to the server. A proxy that ends meanwhile ends it.
    pub(super) fn connect(&self, client: TcpStream) -> io::Result<Arc<Pair>> {
        let server = TcpStream::connect_timeout(&self.target, CONNECT)?;
        server.set_nodelay(true)?;
        client.set_nodelay(true)?;
        let pair = Arc::new(Pair { client, server, is_forgotten: AtomicBool::new(false) });
        let mut state = self.lock();
        if state.is_ending || state.mode == Mode::Drop {
            pair.cut();
        }
        state.pairs.push(Arc::clone(&pair));
        Ok(pair)
    }

    pub(super) fn close(&self, pair: &Arc<Pair>) {
        pair.cut();
        self.lock().pairs.retain(|other| !Arc::ptr_eq(other, pair));
    }

    /// Waits while packets are lost.
    pub(super) fn wait_for_passage(&self) {
        let lost = |state: &mut State| state.mode == Mode::BlackHole && !state.is_ending;
        let state = self.changed.wait_while(self.lock(), lost);
        drop(state.unwrap_or_else(PoisonError::into_inner));
    }

    /// Waits as long as replies are delayed.
    pub(super) fn wait_for_delay(&self) {
        let began = Instant::now();
        let mut state = self.lock();
        loop {
            let Mode::Delay(delay) = state.mode else { return };
            let rest = delay.saturating_sub(began.elapsed());
            if rest.is_zero() || state.is_ending {
                return;
            }
            let woken = self.changed.wait_timeout(state, rest);
            state = woken.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// How many of so many bytes of a reply may pass.
    pub(super) fn grant(&self, bytes: usize) -> usize {
        let mut state = self.lock();
        let Some(budget) = state.budget else { return bytes };
        if bytes <= budget {
            state.budget = Some(budget - bytes);
            return bytes;
        }
        state.budget = None;
        budget
    }
}

impl State {
    pub(super) fn cut(&self) {
        for pair in &self.pairs {
            pair.cut();
        }
    }
}

impl Pair {
    fn cut(&self) {
        let _ = self.client.shutdown(Shutdown::Both);
        let _ = self.server.shutdown(Shutdown::Both);
    }

    pub(super) fn forget(&self) {
        self.is_forgotten.store(true, Ordering::Release);
        let _ = self.server.shutdown(Shutdown::Both);
    }

    pub(super) fn is_forgotten(&self) -> bool {
        self.is_forgotten.load(Ordering::Acquire)
    }
}

const CONNECT: Duration = Duration::from_secs(5);
