//! Who makes spans of loads may do it badly: the load has its value all the same.

use std::sync::{Arc, Mutex};

use cachefn_core::{Cache, LoadEnd, LoadSpan, TracedLoad, Tracer};

use crate::support::*;

/// How often a span runs each part of its load, and how loads ended.
#[derive(Clone)]
struct Odd(usize, Arc<Mutex<Vec<LoadEnd>>>);

impl Tracer for Odd {
    fn begin(&self, _: &TracedLoad<'_>) -> Option<Arc<dyn LoadSpan>> {
        Some(Arc::new(self.clone()))
    }
}

impl LoadSpan for Odd {
    fn within(&self, poll: &mut dyn FnMut()) {
        (0..self.0).for_each(|_| poll());
    }

    fn end(&self, end: LoadEnd) {
        self.1.lock().unwrap().push(end);
        panic!("a span that cannot end");
    }
}

#[test]
fn s_19_a_span_that_runs_its_load_never_or_twice_or_fails_at_its_end_harms_no_load() {
    for times in 0..3 {
        let (odd, store) = (Odd(times, Arc::default()), Store::new());
        let memory = Cache::<u32, u32>::builder("memory").tracer(odd.clone()).build().unwrap();
        assert_eq!(finish(memory.get_or_fetch(&1, async || 5)), 5, "{times} times");
        let both = over::<u32, u32>(&store, &clock()).tracer(odd.clone()).build().unwrap();
        assert_eq!(finish(both.get_or_fetch(&1, async || 6)), 6, "{times} times");
        assert_eq!(finish(both.get_or_fetch(&1, async || 7)), 6, "a hit has no span");
        assert_eq!(*odd.1.lock().unwrap(), [LoadEnd::Fetched; 2], "{times} times");
    }
}
