//! Drawn arguments: two lists share an entry exactly when their canonical texts are equal.

import { expect, test } from "vitest";
import { memoize } from "../src/index.js";
import { argumentsText } from "../src/key.js";

/** Numbers from 0 on, below `limit`; the same for the same seed. */
function random(seed: number): (limit: number) => number {
  let state = seed >>> 0;
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 0x1_0000_0000) * limit);
  };
}

const PRIMITIVES = [0, -0, 1, -1, 0.5, 2 ** 31, 2 ** 53, 2 ** 53 - 1, 1e21, Number.NaN, Number.POSITIVE_INFINITY, "", "a", "b"]
  .concat(["0", "1", "NaN", "undefined", "\0", "\ud800", '"', "\\", ",", "__proto__", "x".repeat(25)] as never[])
  .concat([true, false, null, undefined, 0n, 1n, 2n ** 53n, 10n ** 21n] as never[]) as unknown[];
const NAMES = ["a", "b", "__proto__", "", "constructor", "0", "length"];

/** A value of few kinds, so that equal ones come often. */
function draw(below: (limit: number) => number, depth: number): unknown {
  const kind = depth > 2 ? 0 : below(8);
  if (kind < 4) return PRIMITIVES[below(PRIMITIVES.length)];
  if (kind === 4) return new Date(below(3));
  if (kind === 5) return Array.from({ length: below(3) }, () => draw(below, depth + 1));
  const record = below(4) === 0 ? Object.create(null) : {};
  for (let members = below(4); members > 0; members--) {
    const value = draw(below, depth + 1);
    Object.defineProperty(record, NAMES[below(NAMES.length)] as string, { value, enumerable: true, configurable: true, writable: true });
  }
  return record;
}

/** The same value once more, with the names of its records in another order. */
function again(value: unknown, below: (limit: number) => number): unknown {
  if (Array.isArray(value)) return value.map((part) => again(part, below));
  if (value instanceof Date) return new Date(value);
  if (typeof value !== "object" || value === null) return value;
  const names = Object.keys(value);
  for (let at = names.length - 1; at > 0; at--) {
    const other = below(at + 1);
    [names[at], names[other]] = [names[other] as string, names[at] as string];
  }
  const record = Object.create(Object.getPrototypeOf(value));
  for (const name of names) {
    Object.defineProperty(record, name, { value: again((value as Record<string, unknown>)[name], below), enumerable: true });
  }
  return record;
}

test.each([1, 2, 3])("s_22 equal lists share an entry, others never do (seed %i)", (seed) => {
  const below = random(seed);
  const byText = new Map<string, unknown>();
  const memoized = memoize((..._: unknown[]) => ({}), { maxEntries: 100_000, seed });
  for (let call = 0; call < 12_000; call++) {
    const list = Array.from({ length: below(4) }, () => draw(below, 0));
    const text = argumentsText(list);
    const value = memoized(...list);
    const known = byText.get(text) ?? value;
    expect(value, `seed ${seed}, call ${call}: ${text}`).toBe(known);
    byText.set(text, value);
    expect(memoized(...list.map((part) => again(part, below))), `seed ${seed}, call ${call} again: ${text}`).toBe(value);
    expect(memoized.cache.peek(text), `seed ${seed}, call ${call} by text: ${text}`).toBe(value);
  }
  expect(memoized.cache.size).toBe(byText.size);
  expect(new Set(memoized.cache.keys())).toEqual(new Set(byText.keys()));
  expect(byText.size).toBeGreaterThan(5000);
});
