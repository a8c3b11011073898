//! `shop`: shows what two instances behind one Redis do when it stops. `shop serve` is one of them over what
//! `shop catalogue` makes, and `shop cachefn` steers them.

use std::path::Path;
use std::process::ExitCode;

use example_shop::{Catalogue, Failure, Shop, show};
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::signal::unix::{Signal, SignalKind, signal};

fn main() -> ExitCode {
    // The whole program `cachefn`, so that an image with the service also has what steers it.
    if std::env::args().nth(1).is_some_and(|word| word == "cachefn") {
        return cachefn::cli::run(std::env::args_os().skip(1));
    }
    let done = Runtime::new().map_err(Failure::from).and_then(|runtime| {
        let done = runtime.block_on(run());
        // All has ended in order; nobody waits for an input that is still open.
        runtime.shutdown_background();
        done
    });
    match done {
        Ok(code) => code,
        Err(error) => {
            eprintln!("shop: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<ExitCode, Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let requests = match arguments[..] {
        ["serve", config, catalogue] => {
            serve(Path::new(config), Path::new(catalogue)).await?;
            return Ok(ExitCode::SUCCESS);
        }
        ["catalogue", file] => {
            Catalogue::create(Path::new(file))?;
            return Ok(ExitCode::SUCCESS);
        }
        [] => REQUESTS,
        ["--requests", number] => {
            number.parse().map_err(|_| format!("--requests {number}: not a number"))?
        }
        _ => return Err(USAGE.into()),
    };
    let program = std::env::current_exe()?;
    let [mut interrupt, mut terminate] = ends()?;
    // What it has started ends with it.
    tokio::select! {
        shown = show(&program, requests) => shown.map(|()| ExitCode::SUCCESS),
        _ = interrupt.recv() => Ok(ExitCode::from(INTERRUPTED)),
        _ = terminate.recv() => Ok(ExitCode::from(TERMINATED)),
    }
}

/// Ctrl-C and a plain `kill`.
fn ends() -> Result<[Signal; 2], Failure> {
    Ok([signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?])
}

/// One instance, on a port of this machine that it tells. It ends with its input, by Ctrl-C or by a plain `kill`.
async fn serve(config: &Path, catalogue: &Path) -> Result<(), Failure> {
    let shop = Shop::open(config, catalogue).await?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    // Before anybody knows that there is something to end.
    let [mut interrupt, mut terminate] = ends()?;
    println!("serving on {}", listener.local_addr()?);
    let over = async move {
        let mut rest = Vec::new();
        let mut input = tokio::io::stdin();
        tokio::select! {
            _ = input.read_to_end(&mut rest) => {}
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    };
    axum::serve(listener, shop.clone().router()).with_graceful_shutdown(over).await?;
    shop.close().await
}

const USAGE: &str = "say nothing, or `--requests NUMBER`, `catalogue FILE`, \
    `serve CONFIGURATION CATALOGUE`, `cachefn WORDS…`";
/// By each client and in each phase.
const REQUESTS: u32 = 400;
/// As shells number an end by Ctrl-C, and one by a plain `kill`.
const INTERRUPTED: u8 = 130;
const TERMINATED: u8 = 143;
