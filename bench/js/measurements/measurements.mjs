//! The measurements by their names. Each is loaded when asked for, so that a process that measures one
//! has nothing of the others in it.
//!
//! A measurement has `title`, `contenders` and `cells` by name, `measured(task)`, which runs where the figures come
//! from and gives them as an object (or null: this contender has no such feature), and, for whoever asked,
//! `rounds(quick)`, `tables(results, where)` and `bars(results, where)`. `only` names the runtimes that can.

export const MEASUREMENTS = {
  J1: () => import("./j1_caches.mjs"),
  J2: () => import("./j2_memoized.mjs"),
  J3: () => import("./j3_awaited.mjs"),
  J4: () => import("./j4_memory.mjs"),
  J5: () => import("./j5_start.mjs"),
  J6: () => import("./j6_persistent.mjs"),
};
