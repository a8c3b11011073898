//! Keeps names apart that belong to points close to each other.

/// Places for things that want to be at `wanted`, at least `apart` from each other and between
/// `least` and `most`, in the order of what they want and as near to it as that allows.
pub(super) fn spread(wanted: &[f64], apart: f64, least: f64, most: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by(|one, other| wanted[*one].total_cmp(&wanted[*other]));
    // Things that collide form a group around the middle of what they want.
    let mut groups: Vec<Group> = Vec::new();
    for at in order {
        let mut group = Group { members: vec![at], middle: wanted[at] };
        while let Some(above) = groups.pop() {
            if above.end(apart) + apart <= group.start(apart) {
                groups.push(above);
                break;
            }
            group = above.joined(group);
            group.keep_between(apart, least, most);
        }
        group.keep_between(apart, least, most);
        groups.push(group);
    }
    let mut places = vec![0.0; wanted.len()];
    for group in groups {
        for (at, member) in group.members.iter().enumerate() {
            places[*member] = group.start(apart) + at as f64 * apart;
        }
    }
    places
}

struct Group {
    members: Vec<usize>,
    middle: f64,
}

impl Group {
    fn half(&self, apart: f64) -> f64 {
        (self.members.len() - 1) as f64 * apart / 2.0
    }

    fn start(&self, apart: f64) -> f64 {
        self.middle - self.half(apart)
    }

    fn end(&self, apart: f64) -> f64 {
        self.middle + self.half(apart)
    }

    fn joined(mut self, other: Group) -> Group {
        let (own, its) = (self.members.len() as f64, other.members.len() as f64);
        self.middle = (self.middle * own + other.middle * its) / (own + its);
        self.members.extend(other.members);
        self
    }

    fn keep_between(&mut self, apart: f64, least: f64, most: f64) {
        let half = self.half(apart);
        self.middle = self.middle.min(most - half).max(least + half);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_collide_stays() {
        assert_eq!(spread(&[50.0, 10.0, 90.0], 10.0, 0.0, 100.0), [50.0, 10.0, 90.0]);
    }

    #[test]
    fn what_collides_moves_apart_around_its_middle_and_stays_inside() {
        assert_eq!(spread(&[50.0, 50.0], 10.0, 0.0, 100.0), [45.0, 55.0]);
        assert_eq!(spread(&[1.0, 0.0, 2.0], 10.0, 0.0, 100.0), [10.0, 0.0, 20.0]);
        assert_eq!(spread(&[99.0, 100.0], 10.0, 0.0, 100.0), [90.0, 100.0]);
    }
}
