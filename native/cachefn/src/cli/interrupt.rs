//! Ctrl-C: the first asks a command to stop between two records, the second ends it at once.

use std::future::Future;

use tokio::sync::watch;

use super::failure::Failure;

/// Whether Ctrl-C was pressed.
#[derive(Debug)]
pub(crate) struct Interrupt(watch::Sender<bool>);

impl Interrupt {
    pub(crate) fn new() -> Self {
        Interrupt(watch::Sender::new(false))
    }

    pub(crate) fn was_pressed(&self) -> bool {
        *self.0.borrow()
    }

    /// Until it is pressed.
    pub(crate) async fn wait(&self) {
        // The sender is here, so the wait ends by being pressed alone.
        let _ = self.0.subscribe().wait_for(|pressed| *pressed).await;
    }

    /// Runs a command that stops by itself when it is asked to.
    pub(crate) async fn asks<T>(
        &self,
        command: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        let mut command = std::pin::pin!(command);
        tokio::select! {
            // It must be heard of before the command begins.
            biased;
            () = pressed() => drop(self.0.send_replace(true)),
            ended = &mut command => return ended,
        }
        Self::ends(command).await
    }

    /// Runs a command that loses nothing when it is dropped.
    pub(crate) async fn ends<T>(
        command: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        tokio::select! {
            biased;
            () = pressed() => Err(Failure::Interrupted(None)),
            ended = command => ended,
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
