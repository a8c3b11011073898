//! Serves on a port of this machine and asks itself; with `--serve` it waits for others to ask.

use std::path::PathBuf;
use std::time::Instant;

use example_axum::{Service, client::ask};
use tokio::net::TcpListener;

type Failure = Box<dyn std::error::Error>;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let folder = Folder::new()?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let server = listener.local_addr()?;
    let service = Service::open(&folder.0.join("profiles.db"))?;
    let serving = axum::serve(listener, service.clone().router());
    if std::env::args().any(|argument| argument == "--serve") {
        println!("ask http://{server}/users/7 and http://{server}/stats; end with Ctrl-C");
        return Ok(serving.await?);
    }
    tokio::spawn(serving.into_future());

    let clients = (0..100).map(|_| tokio::spawn(ask(server, "GET", "/users/7", "")));
    let mut answers = Vec::new();
    for client in clients.collect::<Vec<_>>() {
        answers.push(client.await??);
    }
    answers.dedup();
    for (status, body) in answers {
        println!("100 clients at once, one answer: {status} {body}");
    }
    let (status, _) = ask(server, "PUT", "/users/7/name", "Ada").await?;
    let started = Instant::now();
    let (_, renamed) = ask(server, "GET", "/users/7", "").await?;
    println!("renamed ({status}): {renamed}");
    let missed = started.elapsed();
    let started = Instant::now();
    ask(server, "GET", "/users/7", "").await?;
    let hit = started.elapsed();
    let (status, _) = ask(server, "GET", "/users/5000", "").await?;
    println!("nobody: {status}, remembered for five seconds");
    let (_, stats) = ask(server, "GET", "/stats", "").await?;
    print!("{stats}");
    println!("a request that missed took {missed:.1?}, one that hit {hit:.1?}");
    service.close().await?;
    Ok(())
}

/// A folder that goes with the program.
struct Folder(PathBuf);

impl Folder {
    fn new() -> std::io::Result<Self> {
        let folder = std::env::temp_dir().join(format!("example_axum-{}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        Ok(Folder(folder))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
