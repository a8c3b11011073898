//! The two ways through a connection, a thread each.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::thread;

use super::shared::{Pair, Shared};

/// Connects a client with the server and serves both ways until they end.
pub(super) fn both(client: TcpStream, shared: &Arc<Shared>) -> io::Result<()> {
    let pair = shared.connect(client)?;
    let replies = {
        let (pair, shared) = (Arc::clone(&pair), Arc::clone(shared));
        thread::spawn(move || {
            let _: io::Result<()> = replies(&pair, &shared);
            // Who is forgotten is not told, and lives on until the client goes.
            if !pair.is_forgotten() {
                shared.close(&pair);
            }
        })
    };
    let _: io::Result<()> = requests(&pair, shared);
    shared.close(&pair);
    let _ = replies.join();
    Ok(())
}

fn requests(pair: &Pair, shared: &Shared) -> io::Result<()> {
    let mut bytes = vec![0; CHUNK];
    loop {
        let length = (&pair.client).read(&mut bytes)?;
        // The end of a connection is lost as everything else is.
        shared.wait_for_passage();
        if length == 0 {
            return Ok(());
        }
        let written = (&pair.server).write_all(&bytes[..length]);
        if !pair.is_forgotten() {
            written?;
        }
    }
}

fn replies(pair: &Pair, shared: &Shared) -> io::Result<()> {
    let mut bytes = vec![0; CHUNK];
    loop {
        let length = (&pair.server).read(&mut bytes);
        shared.wait_for_delay();
        shared.wait_for_passage();
        let length = length?;
        let granted = shared.grant(length);
        (&pair.client).write_all(&bytes[..granted])?;
        if length == 0 || granted < length {
            return Ok(());
        }
    }
}

const CHUNK: usize = 64 << 10;
