//! The engine translated to JavaScript does what its WebAssembly does: same answers, same victims.

import { describe, expect, test } from "vitest";
import { POLICIES, type Policy } from "../src/engine/codes.js";
import { Engine, type EngineExports } from "../src/engine/engine.js";
import type { Key } from "../src/index.js";
import { createCache, memoize } from "../src/index.no-wasm.js";
import { inlineEngine } from "../src/load/inline.js";
import { TranslatedEngine, translatedEngine } from "../src/load/translated.js";
import { openCache } from "../src/open.js";
import { manualClock } from "../src/testing.js";
import { instantiate } from "../generated/translated.js";

/** Answers and departures of both engines, one after the other as they come. */
class Twins {
  readonly clock = manualClock();
  readonly #told: unknown[][] = [[], []];
  readonly #caches;

  constructor(engines: readonly Engine[], policy: Policy, maxEntries: number, seed: number) {
    this.#caches = engines.map((engine, at) => {
      const cache = openCache<number>(engine, { policy, maxEntries, seed, clock: this.clock });
      const told = this.#told[at] as unknown[];
      for (const kind of ["eviction", "expire", "delete"] as const) {
        cache.on(kind, (event) => told.push(kind, event.key, event.cause));
      }
      return cache;
    });
  }

  /** Whether both did the same. */
  agree(operation: (cache: ReturnType<typeof openCache<number>>) => unknown): boolean {
    const [ours, theirs] = this.#caches.map((cache, at) => [operation(cache), ...(this.#told[at] as unknown[]).splice(0)]);
    if (ours === undefined || theirs === undefined || ours.length !== theirs.length) return false;
    return ours.every((one, at) => Object.is(one, theirs[at]));
  }
}

/** As many as a million, in all policies together. */
const STEPS = Math.ceil(1_000_000 / POLICIES.length);

describe("a million operations on both engines agree", () => {
  test.each(POLICIES.map((policy, at) => [policy, 2_026_000 + at] as const))("under %s (seed %i)", (policy, seed) => {
    const below = random(seed);
    const engines = [inlineEngine(), new TranslatedEngine(instantiate())];
    const before = engines.map(({ exports }) => exports.memory.buffer.byteLength);
    let twins = new Twins(engines, policy, 1, seed);
    for (let step = 0; step < STEPS; step++) {
      // Caches that are thrown away and made anew, each larger than the one before, make the memory grow.
      if (step % 20_000 === 0) twins = new Twins(engines, policy, 7 ** (1 + step / 20_000), seed + step);
      const key = keyOf(Math.min(below(30_000), below(30_000), below(30_000)));
      if (!twins.agree(operation(below, key, step, twins))) expect.fail(`seed ${seed} step ${step} key ${key}`);
    }
    expect(engines[1]?.exports.memory.buffer.byteLength).toBeGreaterThan(before[1] as number);
  });
});

type Operation = Parameters<Twins["agree"]>[0];

function operation(below: (n: number) => number, key: Key, step: number, twins: Twins): Operation {
  const dice = below(1000);
  const ttl = [undefined, undefined, 20, 500, 3_000_000_000][below(5)];
  const tags = below(4) === 0 ? [`t${below(9)}`, `t${below(9)}`] : [];
  if (dice < 400) return (cache) => cache.get(key);
  if (dice < 880) return (cache) => cache.set(key, step, { ttl, tags });
  if (dice < 930) return (cache) => cache.delete(key);
  if (dice < 970) return (cache) => cache.peek(key);
  if (dice < 995) {
    twins.clock.advance(below(12));
    return (cache) => cache.has(key);
  }
  if (dice < 998) return (cache) => cache.invalidateByTag(`t${step % 9}`);
  if (dice === 998) return (cache) => cache.size;
  return below(40) === 0 ? (cache) => cache.clear() : (cache) => cache.stats().evictions;
}

test("h_42 views follow the translated memory when it grows for another cache", () => {
  const small = createCache<number>({ maxEntries: 100, policy: "lru" });
  for (let key = 0; key < 100; key++) small.set(key, key, { ttl: "1h", tags: ["t"] });
  const { memory } = translatedEngine().exports;
  const before = memory.buffer;
  const large = createCache<number>({ maxEntries: 1_000_000 });
  for (let key = 0; memory.buffer === before; key++) large.set(key, key);
  for (let key = 0; key < 100; key++) expect(small.get(key)).toBe(key);
  small.invalidateByTag("t");
  expect(small.size).toBe(0);
});

test("memory that is refused is an error of the package there, too", () => {
  const exports = instantiate();
  const cache = openCache<number>(new TranslatedEngine(exports), { maxEntries: 50_000_000 });
  const RealBuffer = globalThis.ArrayBuffer;
  globalThis.ArrayBuffer = class {
    constructor() {
      throw new RangeError("no more memory");
    }
  } as unknown as ArrayBufferConstructor;
  try {
    const fill = (): void => {
      for (let key = 0; key < 1_000_000; key++) cache.set(key, key);
    };
    expect(fill).toThrow(expect.objectContaining({ code: "unavailable", retryable: true }));
  } finally {
    globalThis.ArrayBuffer = RealBuffer;
  }
  const { size } = cache;
  cache.set("a", 1);
  expect([cache.get("a"), cache.size]).toEqual([1, size + 1]);
});

test("each instance has a memory of its own", () => {
  const [one, other] = [instantiate(), instantiate()] as [EngineExports, EngineExports];
  expect(one.memory.buffer).not.toBe(other.memory.buffer);
});

test("the package without WebAssembly memoises", async () => {
  const double = memoize((n: number) => n * 2) as (n: number) => number;
  expect([double(21), double(21)]).toEqual([42, 42]);
});

function keyOf(number: number): Key {
  return [number, `k${number}`, `${"long".repeat(8)}${number}`, number + 0.5][number % 4] as Key;
}

/** SplitMix32. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) % below;
  };
}
