//! The suite that every storage must pass, against real servers.

use cachefn_conformance::{Options, check};
use cachefn_redis::Redis;
use cachefn_servers::Server;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_server_on_tokio_is_a_storage() {
    let server = Server::start();
    let url = server.url();
    let open = |place: u32| {
        let builder = Redis::builder(url.as_str()).prefix(format!("place-{place}"));
        async move { Ok(builder.connect().await?.storage()) }
    };
    check(open, Options::new()).await.assert();
}
