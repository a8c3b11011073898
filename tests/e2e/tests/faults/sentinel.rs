//! Comes with the topology.

use cachefn_e2e::suite::Case;

pub(crate) const CASES: &[Case] = &[];
