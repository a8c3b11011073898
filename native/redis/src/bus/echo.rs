//! What a subscriber says to itself, to know that it would hear others.

use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::task::Poll;

use futures_util::task::AtomicWaker;

use super::waiting::draw;

/// A channel that nobody else has, and what was heard on it.
pub(crate) struct Echo {
    pub(crate) channel: String,
    said: AtomicU64,
    heard: AtomicU64,
    waker: AtomicWaker,
}

impl Echo {
    /// One beside this channel.
    pub(crate) fn beside(channel: &str) -> Self {
        let channel = format!("{channel}:{:016x}{:016x}", draw(), draw());
        Echo { channel, said: 0.into(), heard: 0.into(), waker: AtomicWaker::new() }
    }

    /// What to say next.
    pub(crate) fn call(&self) -> u64 {
        self.said.fetch_add(1, SeqCst) + 1
    }

    /// Something was heard.
    pub(crate) fn answer(&self, payload: &[u8]) {
        let number = std::str::from_utf8(payload).ok().and_then(|text| text.parse().ok());
        self.heard.fetch_max(number.unwrap_or(0), SeqCst);
        self.waker.wake();
    }

    /// Waits for what was said to be heard.
    pub(crate) async fn heard(&self, number: u64) {
        std::future::poll_fn(|context| {
            self.waker.register(context.waker());
            if self.heard.load(SeqCst) >= number { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }
}
