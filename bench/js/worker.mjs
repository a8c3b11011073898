//! Measures one contender in one cell, in a process of its own, and prints the figures as JSON.

import { MEASUREMENTS } from "./measurements/measurements.mjs";

const task = JSON.parse(process.argv[2]);
const { measured } = await MEASUREMENTS[task.measurement]();
console.log(JSON.stringify(await measured(task)));
process.exit(0); // some caches keep timers
