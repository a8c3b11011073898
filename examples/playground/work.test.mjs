//! What the playground computes is right before it is cached.

import assert from "node:assert/strict";
import { test } from "node:test";
import { FILTERS } from "./app/pictures/filters.mjs";
import { NAMES, scene } from "./app/pictures/scenes.mjs";
import { LENGTH, TRACES, trace } from "./app/policies/traces.mjs";
import { alike, distance } from "./app/words/search.mjs";

test("letters that are missing, superfluous, wrong or swapped are one difference each", () => {
  const cases = [["tag", "tag", 0], ["tag", "tags", 1], ["tags", "tag", 1], ["tag", "tug", 1], ["tag", "tga", 1], ["", "abc", 3], ["stampede", "stampeed", 1], ["kitten", "sitting", 3]];
  for (const [one, other, wanted] of cases) assert.equal(distance(one, other), wanted, `${one} ${other}`);
});

test("a beginning is nearly the word, and another word is not", () => {
  assert.equal(alike("tag", "tag"), 1);
  assert.equal(alike("evict", "eviction"), 0.95);
  assert(alike("evicton", "eviction") > 0.8 && alike("cat", "dog") < 0.1);
});

test("a filter leaves a surface of one colour as it is, and something of every scene", () => {
  const plain = new Uint8ClampedArray(4 * 20 * 12).fill(120);
  for (const [name, filter] of Object.entries(FILTERS)) {
    const made = filter(plain, 20, 12, 2);
    assert.equal(new Set(made.filter((_, at) => at % 4 === 0)).size, 1, name);
    if (name !== "ink") assert.deepEqual(made, plain, name);
  }
  for (const name of NAMES) assert(new Set(scene(name)).size > 100, name);
});

test("the same pixels and strength make the same picture", () => {
  const pixels = Uint8ClampedArray.from({ length: 4 * 24 * 16 }, (_, at) => (at * 2_654_435_761) >>> 24);
  for (const [name, filter] of Object.entries(FILTERS)) {
    assert.deepEqual(filter(pixels, 24, 16, 3), filter(pixels, 24, 16, 3), name);
    assert.notDeepEqual(filter(pixels, 24, 16, 3), filter(pixels, 24, 16, 5), name);
  }
});

test("a trace is the same for the same seed and name, and another for others", () => {
  for (const name of Object.keys(TRACES)) {
    const keys = trace(name);
    assert.equal(keys.length, LENGTH);
    assert.deepEqual(keys, trace(name));
    assert.notDeepEqual(keys, trace(name, 8));
    assert(new Set(keys).size > 2000, name);
  }
  assert.notDeepEqual(trace("shop"), trace("loop"));
});
