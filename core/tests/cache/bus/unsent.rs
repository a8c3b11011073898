//! Messages that cannot be sent: the call does not fail, and the others are told later.

use super::*;
use cachefn_conformance::BusFaults;
use cachefn_core::ErrorKind;

fn down() -> BusFaults {
    BusFaults::none().errors(1.0)
}

#[test]
fn s_19_that_nobody_could_be_told_is_no_error_of_the_call_and_is_told_and_counted() {
    let (store, bus) = (Store::new(), LocalBus::new());
    let caches = many(2, &store, &bus);
    finish(caches[1].set(1, 1)).unwrap();
    let (log, _subscription) = Log::of(&caches[0]);
    bus.inject(down());
    assert_eq!(finish(caches[0].set(1, 2)), Ok(()));
    assert_eq!((log.count("error bus-failed"), caches[0].stats().bus_failures), (1, 1));
    assert_eq!(finish(caches[0].get(&1)), Ok(Some(2)));
    assert_eq!(finish(caches[1].get(&1)), Ok(Some(1)), "it was not told");
    caches[0].reset_stats();
    assert_eq!(caches[0].stats().bus_failures, 0);
}

#[test]
fn h_38_what_could_not_be_told_is_told_with_the_next_message() {
    let (store, bus) = (Store::new(), LocalBus::new());
    let (caches, ear) = (many(2, &store, &bus), Ear::on(&bus));
    finish(caches[1].set_many([(1, 1), (2, 1), (3, 1)])).unwrap();
    ear.take();
    bus.inject(down());
    finish(caches[0].set(1, 2)).unwrap();
    finish(caches[0].delete(&2)).unwrap();
    bus.inject(BusFaults::none());
    finish(caches[0].set(3, 2)).unwrap();
    assert_eq!(ear.take(), [keys(&["1"]), keys(&["2"]), keys(&["3"])]);
    let got = finish(caches[1].get_many(&[1, 2, 3])).unwrap();
    assert_eq!(got, [Some(2), None, Some(2)]);
    finish(caches[0].set(3, 3)).unwrap();
    assert_eq!(ear.take(), [keys(&["3"])], "the others were told once");
}

#[test]
fn h_38_flush_and_close_tell_what_could_not_be_told_or_say_so() {
    let (store, bus) = (Store::new(), LocalBus::new());
    let (caches, ear) = (many(2, &store, &bus), Ear::on(&bus));
    bus.inject(down());
    finish(caches[0].set(1, 2)).unwrap();
    let error = finish(caches[0].flush()).unwrap_err();
    assert_eq!((error.kind(), error.operation()), (ErrorKind::Unavailable, "flush"));
    bus.inject(BusFaults::none());
    finish(caches[0].flush()).unwrap();
    assert_eq!(ear.take(), [keys(&["1"])]);
    finish(caches[0].flush()).unwrap();
    assert_eq!(ear.take(), []);
    bus.inject(down());
    finish(caches[1].set(1, 3)).unwrap();
    assert_eq!(finish(caches[1].close()).unwrap_err().operation(), "close");
    finish(caches[0].set(1, 4)).unwrap();
    bus.inject(BusFaults::none());
    finish(caches[0].close()).unwrap();
    assert_eq!(ear.take(), [keys(&["1"])]);
}

#[test]
fn h_38_where_there_is_a_runtime_they_are_told_when_the_connection_is_restored() {
    let (store, bus, background) = (Store::new(), LocalBus::new(), Background::default());
    let connection = bus.connect();
    let builder = over::<u32, u32>(&store, &clock()).bus(connection.clone());
    let cache = builder.runtime(background.clone()).build().unwrap();
    let ear = Ear::on(&bus);
    connection.lose();
    finish(cache.set(1, 2)).unwrap();
    connection.restore();
    background.take().into_iter().for_each(finish);
    assert_eq!(ear.take(), [keys(&["1"])]);
}

#[test]
fn h_38_too_many_messages_that_wait_become_one_for_everything() {
    let (store, bus) = (Store::new(), LocalBus::new());
    let (caches, ear) = (many(2, &store, &bus), Ear::on(&bus));
    let open = Cache::<u32, u32>::builder("c/below").storage(store.clone());
    let below =
        open.codec(cachefn_core::Postcard).clock(clock()).bus(bus.connect()).build().unwrap();
    finish(below.set(1, 1)).unwrap();
    finish(caches[1].set(1, 1)).unwrap();
    ear.take();
    bus.inject(down());
    for key in 0..64 {
        finish(caches[0].set(key, 2)).unwrap();
    }
    finish(caches[0].invalidate_by_tag("t")).unwrap();
    bus.inject(BusFaults::none());
    finish(caches[0].flush()).unwrap();
    assert_eq!(ear.take(), [Invalidation::Everything]);
    assert_eq!((caches[1].len(), below.len()), (0, 0), "those who share the tags, too");
    assert_eq!(finish(caches[1].get(&1)), Ok(Some(2)));
}

#[test]
fn h_11_a_change_that_is_given_up_is_told_with_the_next_one() {
    for (how, polls) in [("set", 12), ("delete", 5), ("clear", 5)] {
        let mut told_late = 0;
        for given_up_after in 1..=polls {
            let (store, bus) = (Store::new(), LocalBus::new());
            let (caches, ear) = (many(2, &store, &bus), Ear::on(&bus));
            finish(caches[1].set(1, 1)).unwrap();
            ear.take();
            store.pauses(2);
            let change = async {
                match how {
                    "set" => caches[0].set(1, 2).await.unwrap(),
                    "delete" => drop(caches[0].delete(&1).await.unwrap()),
                    _ => caches[0].clear().await.unwrap(),
                }
            };
            let ended = Task::new(change).poll_times(given_up_after).is_some();
            store.pauses(0);
            finish(caches[0].flush()).unwrap();
            told_late += usize::from(!ended && !ear.take().is_empty());
            assert_eq!(finish(caches[1].get(&1)), finish(plain(&store).get(&1)), "{how}");
        }
        assert!(told_late > 2, "{how}: {told_late}");
    }
}

#[test]
fn h_11_with_a_runtime_it_is_told_beside_its_callers() {
    let (store, bus, background) = (Store::new(), LocalBus::new(), Background::default());
    let builder = over::<u32, u32>(&store, &clock()).bus(bus.connect());
    let cache = builder.runtime(background.clone()).build().unwrap();
    let ear = Ear::on(&bus);
    // Given up while the storage writes, and while the bus publishes.
    store.pauses(2);
    drop(Task::new(cache.delete(&1)).poll_times(3));
    background.take().into_iter().for_each(finish);
    assert_eq!(ear.take(), [keys(&["1"])]);
    store.pauses(0);
    bus.inject(BusFaults::none().delays(1.0));
    let mut polls = 0;
    while ear.take().is_empty() {
        polls += 1;
        assert!(polls < 50, "a call that is given up is never told");
        drop(Task::new(cache.delete(&2)).poll());
        background.take().into_iter().for_each(finish);
        bus.settle();
    }
}
