use cachefn_core::cachefn;
use std::rc::Rc;

#[cachefn]
async fn local(id: u64) -> u64 {
    let here = Rc::new(id);
    std::future::ready(()).await;
    *here
}

fn spawn(_: impl Future + Send) {}

fn main() {
    spawn(local(1));
}
