//! Ctrl-C: the first asks a command to stop between two records, the second ends it at once.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use super::failure::Failure;

/// Whether Ctrl-C was pressed.
#[derive(Debug, Clone, Default)]
pub(crate) struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    pub(crate) fn was_pressed(&self) -> bool {
        self.0.load(Relaxed)
    }

    /// Runs a command that stops by itself when it is asked to.
    pub(crate) async fn asks<T>(
        &self,
        command: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        let mut command = std::pin::pin!(command);
        tokio::select! {
            ended = &mut command => return ended,
            () = pressed() => self.0.store(true, Relaxed),
        }
        tokio::select! {
            ended = command => ended,
            () = pressed() => Err(Failure::Interrupted(None)),
        }
    }

    /// Runs a command that loses nothing when it is dropped.
    pub(crate) async fn ends<T>(
        command: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        tokio::select! {
            ended = command => ended,
            () = pressed() => Err(Failure::Interrupted(None)),
        }
    }
}

/// Ctrl-C, or the request to end that a system sends. Where neither can be heard of, it never comes.
async fn pressed() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                Ok(()) = tokio::signal::ctrl_c() => return,
                Some(()) = terminate.recv() => return,
                else => {}
            }
        }
    }
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
