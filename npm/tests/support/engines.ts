//! Engines that count or refuse calls, over the real module.

import { Engine, type EngineExports } from "../../src/engine/engine.js";
import { inlineEngine } from "../../src/load/inline.js";

/** An engine whose calls are counted by name. */
export function countingEngine() {
  const calls: Record<string, number> = {};
  const engine = engineWith((name, call) => (...args) => {
    calls[name] = (calls[name] ?? 0) + 1;
    return call(...args);
  });
  return { engine, calls };
}

/** An engine that answers the calls named in `refusals` with their value, while there are any left. */
export function refusingEngine(refusals: { name: string; answer: number; times: number }) {
  return engineWith((name, call) => (...args) => {
    if (name !== refusals.name || refusals.times === 0) return call(...args);
    refusals.times--;
    return refusals.answer;
  });
}

type Call = (...args: number[]) => number | undefined;

function engineWith(wrap: (name: string, call: Call) => Call): Engine {
  const { exports } = inlineEngine();
  const wrapped = Object.entries(exports).map(([name, value]) => [
    name,
    typeof value === "function" ? wrap(name, value as Call) : value,
  ]);
  return new Engine(Object.fromEntries(wrapped) as EngineExports);
}
