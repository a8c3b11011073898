// The optimum is the optimum.

import assert from "node:assert/strict";
import { test } from "node:test";
import { optimumHits } from "./optimum.mjs";
import { Random } from "./random.mjs";

test("small streams have known optima", () => {
  for (const [stream, capacity, expected] of [
    [[0, 1, 2, 0, 1, 2], 2, 2],
    [[0, 1, 2, 0, 1, 2], 3, 3],
    [[0, 0, 0], 1, 2],
    [[0, 1, 0, 2, 0, 3], 1, 2],
    [[], 1, 0],
    [[0, 1, 2, 3], 2, 0],
  ]) {
    assert.equal(optimumHits(Uint32Array.from(stream), capacity), expected, `${stream} with ${capacity}`);
  }
});

test("it equals the best of all choices", () => {
  const random = new Random(7);
  for (let round = 0; round < 200; round += 1) {
    const stream = Uint32Array.from({ length: 12 }, () => random.below(5));
    for (const capacity of [1, 2, 3]) {
      assert.equal(optimumHits(stream, capacity), best([...stream], [], capacity), `${stream} with ${capacity}`);
    }
  }
});

/** Tries every way to make room. */
function best([word, ...rest], held, capacity) {
  if (word === undefined) return 0;
  if (held.includes(word)) return 1 + best(rest, held, capacity);
  const more = [...held, word];
  if (more.length <= capacity) return best(rest, more, capacity);
  return Math.max(...more.map((gone) => best(rest, more.filter((kept) => kept !== gone), capacity)));
}
