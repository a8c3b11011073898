//! Measures one contender in one cell, in a page of its own.

import { MEASUREMENTS } from "./measurements/measurements.mjs";

globalThis.measure = async (task) => {
  const { measured } = await MEASUREMENTS[task.measurement]();
  return measured(task);
};
