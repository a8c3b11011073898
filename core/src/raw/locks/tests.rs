use super::super::lane::LEASES;
use super::*;
use std::sync::Barrier;
use std::thread;

#[test]
fn readers_never_see_half_a_write_and_no_write_is_lost() {
    let (threads, rounds) = if cfg!(miri) { (3, 30) } else { (8, 3_000) };
    let locks = Locks::new([(0_u64, 0_u64), (0, 0)]);
    thread::scope(|scope| {
        for thread in 0..threads {
            let locks = &locks;
            scope.spawn(move || {
                for round in 0..rounds {
                    let at = (thread + round) % 2;
                    if round % 3 == 0 {
                        let mut pair = locks.write(at).unwrap();
                        pair.0 += 1;
                        pair.1 += 1;
                    } else {
                        let pair = locks.read(at, |pair| *pair).unwrap();
                        assert_eq!(pair.0, pair.1);
                    }
                }
            });
        }
    });
    let all: u64 = (0..2).map(|at| locks.read(at, |pair| pair.0).unwrap()).sum();
    assert_eq!(all as usize, threads * (rounds / 3));
}

#[test]
fn who_holds_a_lock_is_told_so_when_asking_again_and_may_use_another_set() {
    let (locks, others) = (Locks::new([1, 2]), Locks::new([3]));
    let within = locks.read(0, |_| {
        assert_eq!(locks.read(1, |_| ()), Err(Reentrant));
        assert_eq!(locks.write(0).err(), Some(Reentrant));
        *others.write(0).unwrap()
    });
    assert_eq!(within, Ok(3));
    let writes = locks.write(1).unwrap();
    assert_eq!(locks.read(0, |_| ()), Err(Reentrant));
    drop(writes);
    assert_eq!(locks.read(1, |two| *two), Ok(2));
}

#[test]
fn a_panic_under_a_lock_leaves_it_usable() {
    let locks = Locks::new([1]);
    for _ in 0..2 {
        let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let _held = locks.write(0);
            panic!("under the lock");
        }));
        assert!(panicked.is_err());
        *locks.write(0).unwrap() += 1;
    }
    assert_eq!(locks.read(0, |three| *three), Ok(3));
}

#[test]
fn threads_without_a_lane_read_write_count_and_notice_re_entrance_all_the_same() {
    let (threads, rounds) = (LEASES + 10, if cfg!(miri) { 2 } else { 300 });
    let locks = Locks::new([0_u64]);
    let all_alive = Barrier::new(threads);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                locks.count(true); // takes a number while there is one
                all_alive.wait();
                for _ in 0..rounds {
                    let within = locks.read(0, |_| locks.write(0).err());
                    assert_eq!(within, Ok(Some(Reentrant)));
                    *locks.write(0).unwrap() += 1;
                    locks.count(true);
                    locks.count(false);
                }
            });
        }
    });
    let all = (threads * rounds) as u64;
    assert_eq!(locks.read(0, |sum| *sum), Ok(all));
    assert_eq!(locks.counted(), (all + threads as u64, all));
}
