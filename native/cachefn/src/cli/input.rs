//! The standard input and files, read in a thread of their own: who waits for them hears Ctrl-C.

use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use tokio::sync::{mpsc, oneshot};

/// All of the standard input.
///
/// # Errors
/// When it cannot be read, or is no text.
pub(crate) async fn all() -> io::Result<String> {
    aside(|| {
        let mut text = String::new();
        io::stdin().lock().read_to_string(&mut text).map(|_| text)
    })
    .await
}

/// One line of the standard input.
///
/// # Errors
/// When it cannot be read, or is no text.
pub(crate) async fn line() -> io::Result<String> {
    aside(|| {
        let mut text = String::new();
        io::stdin().lock().read_line(&mut text).map(|_| text)
    })
    .await
}

/// The lines of a file, or of the standard input if it is called `-`.
///
/// # Errors
/// When the file cannot be opened.
pub(crate) fn lines(source: &Path) -> io::Result<mpsc::Receiver<io::Result<String>>> {
    let mut reader: Box<dyn BufRead + Send> = if source == Path::new("-") {
        Box::new(BufReader::new(io::stdin()))
    } else {
        Box::new(BufReader::new(std::fs::File::open(source)?))
    };
    let (send, receive) = mpsc::channel(AHEAD);
    std::thread::spawn(move || {
        loop {
            let mut line = String::new();
            let read = match reader.read_line(&mut line) {
                Ok(0) => break,
                Ok(_) => Ok(line),
                Err(error) => Err(error),
            };
            let is_over = read.is_err();
            if send.blocking_send(read).is_err() || is_over {
                break;
            }
        }
    });
    Ok(receive)
}

/// A thread ends with the program, whatever it waits for.
async fn aside<T: Send + 'static>(
    read: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    let (send, receive) = oneshot::channel();
    std::thread::spawn(move || drop(send.send(read())));
    receive.await.unwrap_or_else(|_| Err(io::Error::other("the thread that reads is gone")))
}

/// So many lines are read before they are needed.
const AHEAD: usize = 64;
