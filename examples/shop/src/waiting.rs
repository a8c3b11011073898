//! Waiting for what other processes do: a bounded number of looks.

use std::time::Duration;

use crate::Failure;

/// Looks until there is something, which is said, or nobody would expect it any more.
///
/// # Errors
/// Those of the look.
pub(crate) async fn until<T>(
    mut look: impl AsyncFnMut() -> Result<Option<T>, Failure>,
) -> Result<Option<T>, Failure> {
    for _ in 0..LOOKS {
        if let Some(found) = look().await? {
            return Ok(Some(found));
        }
        tokio::time::sleep(PAUSE).await;
    }
    Ok(None)
}

const PAUSE: Duration = Duration::from_millis(20);
/// A minute: machines that run all tests at once are slow.
const LOOKS: u32 = 3_000;
