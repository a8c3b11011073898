// The search finds what it should; the same cases as in the Rust half.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Dictionary, distance } from "./search.mjs";

test("distances are those of the textbook", () => {
  for (const [word, other, expected] of [
    ["", "abc", 3],
    ["abc", "abc", 0],
    ["abcd", "acbd", 1],
    ["ca", "abc", 3],
    ["kitten", "sitting", 3],
    ["lenght", "length", 1],
    ["usize", "isize", 1],
  ]) {
    assert.equal(distance(word, other), expected, `${word} ${other}`);
    assert.equal(distance(other, word), expected, `${other} ${word}`);
    assert.equal(distance(word, other, expected), expected, `${word} ${other} bounded`);
    if (expected > 0) assert.ok(distance(word, other, expected - 1) >= expected, `${word} ${other} refused`);
  }
});

test("the nearest come first and the frequent before the rare", () => {
  const dictionary = new Dictionary(["bat", "cart", "rat", "cat", "dog", "cats"]);
  const found = dictionary.nearest("cat").map(({ rank, distance }) => [dictionary.words[rank], distance]);
  assert.deepEqual(found, [["bat", 1], ["cart", 1], ["rat", 1]]);
  assert.equal(dictionary.words[dictionary.nearest("dgo")[0].rank], "dog");
});

test("a dictionary needs more words than an answer", () => {
  assert.throws(() => new Dictionary(["one", "two", "three"]), /too few words/);
});

test("frequent words make the dictionary", () => {
  const words = ["rare", "often", "also", "tie", "if"];
  const dictionary = Dictionary.mostFrequent({ words, stream: Uint32Array.of(0, 1, 1, 2, 2, 3, 4, 4, 4) });
  assert.deepEqual(dictionary.words, ["often", "also", "rare", "tie"]);
});
