//! Commands to a server over its socket, by a user of our own: whatever a test forbids, this works.

use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

/// The line of a server's configuration that lets us in.
pub(crate) const USER: &str = "user cachefn-servers on >only-for-tests ~* &* +@all";

/// What a server answers, as `redis-cli` prints it to a file: one line for each element.
///
/// # Errors
/// There is no server, it does not answer within ten seconds, or with an error, which is the text.
pub(crate) fn ask(socket: &Path, words: &[&str]) -> Result<String, String> {
    let answer = || -> io::Result<Result<String, String>> {
        let mut stream = UnixStream::connect(socket)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        stream.write_all(&encoded(&["AUTH", "cachefn-servers", "only-for-tests"]))?;
        stream.write_all(&encoded(words))?;
        let mut replies = BufReader::new(stream);
        let login = read(&mut replies)?;
        // Without a login it would be another user who is answered.
        if login.is_err() { Ok(login) } else { read(&mut replies) }
    };
    answer().unwrap_or_else(|error| Err(error.to_string()))
}

fn encoded(words: &[&str]) -> Vec<u8> {
    let mut request = format!("*{}\r\n", words.len()).into_bytes();
    for word in words {
        request.extend(format!("${}\r\n{word}\r\n", word.len()).bytes());
    }
    request
}

fn read(from: &mut impl BufRead) -> io::Result<Result<String, String>> {
    let mut line = String::new();
    from.read_line(&mut line)?;
    let line = line.trim_end();
    let (kind, rest) = line.split_at_checked(1).ok_or(io::ErrorKind::UnexpectedEof)?;
    let length = || rest.parse::<i64>().map_err(|_| io::Error::from(io::ErrorKind::InvalidData));
    Ok(match kind {
        "-" => Err(rest.to_owned()),
        "$" => Ok(usize::try_from(length()?).map_or(Ok(String::new()), |length| {
            let mut bytes = vec![0; length + 2];
            from.read_exact(&mut bytes)?;
            bytes.truncate(length);
            io::Result::Ok(String::from_utf8_lossy(&bytes).into_owned())
        })?),
        "*" => {
            let mut lines = Vec::new();
            for _ in 0..length()? {
                lines.push(read(from)?.unwrap_or_else(|error| error));
            }
            Ok(lines.join("\n"))
        }
        _ => Ok(rest.to_owned()),
    })
}

const PATIENCE: Duration = Duration::from_secs(10);

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(bytes: &str) -> Result<String, String> {
        read(&mut bytes.as_bytes()).expect("a whole reply")
    }

    #[test]
    fn replies_become_lines() {
        assert_eq!(answer("+PONG\r\n"), Ok("PONG".into()));
        assert_eq!(answer(":7\r\n"), Ok("7".into()));
        assert_eq!(answer("$4\r\na\r\nb\r\n"), Ok("a\r\nb".into()));
        assert_eq!(answer("$-1\r\n"), Ok(String::new()));
        assert_eq!(answer("*2\r\n$1\r\na\r\n*1\r\n:2\r\n"), Ok("a\n2".into()));
        assert_eq!(answer("-ERR no\r\n"), Err("ERR no".into()));
    }

    #[test]
    fn half_a_reply_is_an_error() {
        for text in ["", "$4\r\nab", "*2\r\n+a\r\n", "$x\r\n"] {
            assert!(read(&mut text.as_bytes()).is_err(), "{text:?}");
        }
    }
}
