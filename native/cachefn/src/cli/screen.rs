//! A terminal as a whole, given back as it was.

use std::io::{Write, stdout};

use console::{Term, truncate_str};

use super::failure::Failure;

/// The other screen that terminals have, as long as this lives.
pub(crate) struct Screen(());

impl Screen {
    /// # Errors
    /// When nobody reads.
    pub(crate) fn enter() -> Result<Self, Failure> {
        write(ENTER)?;
        Ok(Screen(()))
    }

    /// Its rows and columns, now: it may be made larger or smaller.
    #[allow(clippy::unused_self, reason = "only who has the screen draws on it")]
    pub(crate) fn size(&self) -> (usize, usize) {
        let (rows, columns) = Term::stdout().size();
        (usize::from(rows).max(8), usize::from(columns).max(20))
    }

    /// Shows these lines instead of those that were there, without a moment of nothing.
    ///
    /// # Errors
    /// When nobody reads.
    pub(crate) fn draw(&mut self, lines: &[String]) -> Result<(), Failure> {
        let (mut frame, (_, columns)) = (String::from("\x1b[H"), self.size());
        for line in lines {
            // Erased before: behind a line as wide as the screen the cursor is still on its last sign.
            frame.push_str("\x1b[2K");
            frame.push_str(&truncate_str(line, columns, "…"));
            frame.push('\n');
        }
        frame.push_str("\x1b[J");
        frame.push_str("Ctrl-C ends");
        write(&frame)
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        // Whoever does not read sees nothing anyway.
        let _ = write(LEAVE);
    }
}

fn write(text: &str) -> Result<(), Failure> {
    let mut out = stdout();
    out.write_all(text.as_bytes())?;
    Ok(out.flush()?)
}

/// The other screen, empty, without a cursor.
const ENTER: &str = "\x1b[?1049h\x1b[?25l\x1b[2J";
const LEAVE: &str = "\x1b[?25h\x1b[?1049l";
