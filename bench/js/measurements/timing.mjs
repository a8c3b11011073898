//! How time is taken: the processor's where the platform tells, the wall's beside it.
//!
//! A contender and a cell have a process or a page of their own: a compiler of JavaScript specialises code
//! for the types that it has seen there. Two caches, or two kinds of keys, in one process would share the loop
//! that calls them, and each would be slower than in a program that uses only it, by an amount that depends
//! on their order.

/**
 * Nanoseconds an operation, after warming up. `run` makes the operations once and gives their number,
 * or a promise of it.
 */
export async function timed(run, milliseconds) {
  for await (const _ of turns(milliseconds, WARMING)) await run();
  globalThis.gc?.();
  const costs = [];
  for await (const _ of turns(milliseconds, MEASURED)) {
    const [cpu, wall] = [processorTime(), performance.now()];
    const operations = await run();
    const passed = performance.now() - wall;
    const used = cpu === undefined ? passed : processorTime() - cpu;
    costs.push({ ns: (1e6 * used) / operations, wall: (1e6 * passed) / operations });
  }
  return { ns: middle(costs.map(({ ns }) => ns)), wall: middle(costs.map(({ wall }) => wall)) };
}

/**
 * As many turns as fit into the time, and at least so many, as long as that takes no more than ten times
 * as long: on a busy machine the compiler comes late, and a few runs would measure code that is not compiled.
 */
async function* turns(milliseconds, least) {
  const start = performance.now();
  const over = (times) => performance.now() - start > times * milliseconds;
  for (let turn = 0; turn < 3 || !over(1) || (turn < least && !over(10)); turn++) {
    yield turn;
    // Lets timers run, as they do in any program: some caches keep the time that way.
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

/** Milliseconds of all threads of this process, the collector's too; undefined in a page. */
function processorTime() {
  if (globalThis.process?.cpuUsage === undefined) return undefined;
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function middle(values) {
  values.sort((a, b) => a - b);
  return values[values.length >> 1];
}

const WARMING = 32;
const MEASURED = 9;
