//! Measures one peer in one cell, in a process of its own, and prints the costs as JSON.
//!
//! The compiler of JavaScript specialises a piece of code for the types that it has seen there. Two
//! caches, or two kinds of keys, in one process would share the loop that calls them, and each would
//! be slower than in a program that uses only it, by an amount that depends on their order.

import { CELLS } from "./cells.mjs";
import { PEERS } from "./peers.mjs";

const { peer, cell, seed, milliseconds } = JSON.parse(process.argv[2]);
console.log(JSON.stringify(await measure()));

async function measure() {
  const cache = await PEERS[peer](CELLS[cell].options);
  if (cache === undefined) return null;
  const { run, check, counted } = CELLS[cell].prepare(cache, seed);
  if (!check() && !peer.startsWith("(")) throw new Error(`${peer} gives wrong answers in: ${cell}`);
  for (const end = after(milliseconds); performance.now() < end; await turn()) run();
  globalThis.gc?.();
  const costs = [];
  for (const end = after(milliseconds); costs.length < 3 || performance.now() < end; await turn()) {
    const [cpu, wall] = [process.cpuUsage(), process.hrtime.bigint()];
    const operations = run();
    const used = process.cpuUsage(cpu);
    const passed = Number(process.hrtime.bigint() - wall);
    costs.push({ cpu: (1000 * (used.user + used.system)) / operations, wall: passed / operations });
  }
  const hitPercent =
    counted === undefined || peer.startsWith("(") ? undefined : (100 * counted.hits) / counted.reads;
  return { cpu: median(costs.map(({ cpu }) => cpu)), wall: median(costs.map(({ wall }) => wall)), hitPercent };
}

function after(milliseconds) {
  return performance.now() + milliseconds;
}

/** Lets timers run, as they do in any program: some caches keep the time that way. */
function turn() {
  return new Promise((resolve) => setTimeout(resolve, 1));
}

function median(values) {
  values.sort((a, b) => a - b);
  return values[values.length >> 1];
}
