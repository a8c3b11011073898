//! A client's connection, which asks one thing after the other.

use std::io;
use std::net::SocketAddr;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufStream};
use tokio::net::TcpStream;

/// HTTP by hand, so that the clients take nothing from the servers they measure.
pub struct Connection {
    stream: BufStream<TcpStream>,
    server: SocketAddr,
    headers: String,
}

impl Connection {
    /// # Errors
    /// The server cannot be reached.
    pub async fn open(server: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(server).await?;
        stream.set_nodelay(true)?;
        Ok(Connection { stream: BufStream::new(stream), server, headers: String::new() })
    }

    /// The same with one more line in the head of each request.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        self.headers += &format!("{name}: {value}\r\n");
        self
    }

    /// The status and the body of an answer.
    ///
    /// # Errors
    /// The server is gone, or does not speak HTTP.
    pub async fn ask(&mut self, method: &str, path: &str, body: &str) -> io::Result<(u16, String)> {
        let (server, length, headers) = (self.server, body.len(), &self.headers);
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: {server}\r\ncontent-length: {length}\r\n{headers}\r\n{body}"
        );
        self.stream.write_all(request.as_bytes()).await?;
        self.stream.flush().await?;
        let status = self.line().await?;
        let status = status.split(' ').nth(1).and_then(|status| status.parse().ok());
        let mut length = 0;
        loop {
            let line = self.line().await?.to_ascii_lowercase();
            if line.is_empty() {
                break;
            }
            if let Some(value) = line.strip_prefix("content-length:") {
                length = value.trim().parse().map_err(|_| no_http())?;
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).await?;
        let body = String::from_utf8(body).map_err(|_| no_http())?;
        Ok((status.ok_or_else(no_http)?, body))
    }

    async fn line(&mut self) -> io::Result<String> {
        let mut line = String::new();
        if self.stream.read_line(&mut line).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(line.trim_end().into())
    }
}

fn no_http() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "the answer is no HTTP")
}
