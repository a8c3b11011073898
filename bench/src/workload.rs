//! Requests to replay, and the cache sizes to replay them at.

/// Requests, one id each, with the capacities they are run at.
pub struct Workload {
    pub name: String,
    /// Dense: below the number of different ids.
    pub ids: Vec<u32>,
    pub capacities: Vec<usize>,
}

impl Workload {
    /// How many different ids there are.
    pub fn unique(&self) -> usize {
        self.ids.iter().max().map_or(0, |most| *most as usize + 1)
    }
}

/// All pairs of a workload and one of its capacities.
pub fn pairs(workloads: &[Workload]) -> impl Iterator<Item = (&Workload, usize)> {
    workloads
        .iter()
        .flat_map(|workload| workload.capacities.iter().map(move |capacity| (workload, *capacity)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_capacity_of_every_workload_is_a_pair() {
        let workload = Workload { name: "w".into(), ids: vec![0, 1], capacities: vec![1, 2] };
        let all: Vec<_> = pairs(std::slice::from_ref(&workload)).map(|(_, size)| size).collect();
        assert_eq!((all, workload.unique()), (vec![1, 2], 2));
    }
}
