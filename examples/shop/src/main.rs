//! `shop`: shows what two instances behind one Redis do when it stops. `shop serve` is one of them.

use std::path::Path;
use std::process::ExitCode;

use cachefn_servers::Server;
use example_shop::{Catalogue, Failure, Fleet, Load, Shop, table};
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match arguments[..] {
        ["serve", config, catalogue] => serve(Path::new(config), Path::new(catalogue)).await,
        [] => show(REQUESTS).await,
        ["--requests", number] => match number.parse() {
            Ok(number) => show(number).await,
            Err(_) => Err(format!("--requests {number}: not a number").into()),
        },
        _ => Err("say nothing, `--requests NUMBER`, or `serve CONFIGURATION CATALOGUE`".into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("shop: {error}");
            ExitCode::FAILURE
        }
    }
}

/// One instance, on a port of this machine that it tells; it ends with its input.
async fn serve(config: &Path, catalogue: &Path) -> Result<(), Failure> {
    let shop = Shop::open(config, catalogue).await?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("serving on {}", listener.local_addr()?);
    let over = async {
        let mut rest = Vec::new();
        let _ = tokio::io::stdin().read_to_end(&mut rest).await;
    };
    axum::serve(listener, shop.clone().router()).with_graceful_shutdown(over).await?;
    shop.close().await
}

/// Clients of two instances, before, while and after their Redis is away.
async fn show(requests: u32) -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let catalogue = folder.path().join("catalogue.db");
    println!("Making a catalogue of {} products …", example_shop::PRODUCTS);
    Catalogue::create(&catalogue)?;
    let redis = Server::start();
    let (program, config) = (std::env::current_exe()?, Path::new(CONFIG));
    let fleet = Fleet::start(&program, config, &catalogue, &redis.url()).await?;
    let (addresses, load) = (fleet.addresses(), Load { clients: 64, requests, seed: 1 });
    println!("{} clients ask {} and {} …", load.clients, addresses[0], addresses[1]);

    let mut phases = vec![("empty caches", load.run(&addresses).await)];
    phases.push(("with Redis", Load { seed: 4, ..load }.run(&addresses).await));
    redis.kill();
    println!("Redis is stopped …");
    phases.push(("without Redis", Load { seed: 2, ..load }.run(&addresses).await));
    redis.begin();
    println!("Redis is started again …\n");
    phases.push(("Redis again", Load { seed: 3, ..load }.run(&addresses).await));
    print!("{}", table(&phases));
    fleet.end().await?;

    let failures = phases.iter().find_map(|(_, measured)| measured.first_failure.as_ref());
    failures.map_or(Ok(()), |why| Err(format!("a request failed: {why}").into()))
}

const CONFIG: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/cachefn.toml");
/// By each client and in each phase.
const REQUESTS: u32 = 400;
