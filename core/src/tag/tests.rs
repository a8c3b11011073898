use super::*;

impl Tags {
    fn is_valid(&self, slot: u32) -> bool {
        self.standing(slot) == Standing::Valid
    }
}

#[test]
fn s_29_entries_of_an_expired_tag_are_stale_since_then_and_later_ones_are_not() {
    let mut tags = Tags::new();
    let (red, blue) = (tags.create().unwrap(), tags.create().unwrap());
    tags.attach(0, red, tags.epoch(), false).unwrap();
    tags.attach(0, blue, tags.epoch(), true).unwrap();
    tags.expire(red, 70);
    tags.attach(1, red, tags.epoch(), false).unwrap();
    let standing = [0, 1].map(|slot| tags.standing(slot));
    assert_eq!(standing, [Standing::ExpiredAt(70), Standing::Valid]);
    for now in [71, 71, 71].into_iter().chain(71..200) {
        tags.expire(red, now);
    }
    let standing = [0, 1].map(|slot| tags.standing(slot));
    assert_eq!(standing[0], Standing::ExpiredAt(70), "again is not anew");
    assert!(matches!(standing[1], Standing::ExpiredAt(70..=71)));
    tags.invalidate(blue);
    assert_eq!(tags.standing(0), Standing::Invalid);
    (0..2).for_each(|slot| tags.release(slot, |_| {}));
    assert!(tags.expired.iter().all(Vec::is_empty));
}

#[test]
fn only_entries_of_the_invalidated_tag_become_invalid() {
    let mut tags = Tags::new();
    let (red, blue) = (tags.create().unwrap(), tags.create().unwrap());
    tags.attach(0, red, tags.epoch(), false).unwrap();
    tags.attach(1, blue, tags.epoch(), false).unwrap();
    tags.attach(2, red, tags.epoch(), false).unwrap();
    tags.attach(2, blue, tags.epoch(), true).unwrap();
    tags.invalidate(red);
    assert_eq!([0, 1, 2].map(|slot| tags.is_valid(slot)), [false, true, false]);
    tags.attach(3, red, tags.epoch(), false).unwrap();
    assert!(tags.is_valid(3), "a later entry of the tag is valid");
}

#[test]
fn an_entry_whose_load_began_before_the_invalidation_is_invalid() {
    let mut tags = Tags::new();
    let (red, began) = (tags.create().unwrap(), tags.epoch());
    tags.invalidate(red);
    tags.attach(0, red, began, false).unwrap();
    assert!(!tags.is_valid(0));
}

#[test]
fn nothing_is_left_behind_when_entries_go() {
    let mut tags = Tags::new();
    for round in 0..if cfg!(miri) { 50 } else { 1000 } {
        let (one, two) = (tags.create().unwrap(), tags.create().unwrap());
        tags.attach(round % 7, one, tags.epoch(), false).unwrap();
        tags.attach(round % 7, two, tags.epoch(), true).unwrap();
        let mut freed = Vec::new();
        tags.release(round % 7, |tag| freed.push(tag));
        freed.sort_unstable();
        assert_eq!(freed.len(), 2);
    }
    assert!(tags.tags.len() <= 2 && tags.links.len() <= 2 && tags.stamps.len() <= 7);
}

#[test]
fn the_counter_may_overflow() {
    let mut tags = Tags::new();
    let (red, blue) = (tags.create().unwrap(), tags.create().unwrap());
    tags.epoch = u32::MAX;
    tags.attach(0, red, u32::MAX, false).unwrap();
    tags.attach(1, blue, u32::MAX, false).unwrap();
    tags.invalidate(red);
    assert!(!tags.is_valid(0) && !tags.is_valid(1), "a reset may only cause misses");
    tags.attach(2, blue, u32::MAX, false).unwrap();
    assert!(!tags.is_valid(2), "a load from before the reset may only miss");
    tags.attach(3, blue, tags.epoch(), false).unwrap();
    assert!(tags.is_valid(3));
}
