//! Tests in thousands of orders of their threads' steps, drawn by a scheduler.

use shuttle::scheduler::{PctScheduler, RandomScheduler, Scheduler};
use shuttle::{Config, Runner};

/// How many orders are tried, usually or in a long run.
pub(crate) fn orders(usual: usize, long: usize) -> usize {
    if std::env::var_os("CACHEFN_LONG").is_some() { long } else { usual }
}

/// Half of the orders are drawn step by step; the others change threads at few, drawn moments,
/// which finds other faults (Burckhardt et al., ASPLOS 2010).
pub(crate) fn try_orders(orders: usize, test: impl Fn() + Send + Sync + Clone + 'static) {
    // Two schedulers at once would share the statics of the library.
    static ONE_AT_A_TIME: std::sync::Mutex<()> = std::sync::Mutex::new(());
    let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let half = orders / 2;
    let runner = |scheduler: Box<dyn Scheduler + Send>| Runner::new(scheduler, config());
    runner(Box::new(RandomScheduler::new(half))).run(test.clone());
    runner(Box::new(PctScheduler::new(3, half))).run(test);
    println!("{} orders", 2 * half);
}

/// The future of a load with all that may come of it does not fit the usual 32 KiB of a thread here.
fn config() -> Config {
    let mut config = Config::new();
    config.stack_size = 256 << 10;
    config
}
