//! The suite for storages: the one in memory passes it, and what it takes for granted is checked.

import { describe, expect, test } from "vitest";
import { CachefnError } from "../src/errors.js";
import { plainMemoryStorage } from "../src/storages/memory.js";
import { equal } from "../src/suite/equal.js";
import { drawing } from "../src/suite/random.js";
import { describeStorage, type SuiteOptions } from "../src/testing.js";

describeStorage("memory", () => plainMemoryStorage(), { test, values: "clone", survives: false });

describe("how many cases concern a storage", () => {
  const count = (options: Partial<SuiteOptions>): number => describeStorage("x", () => plainMemoryStorage(), { test: () => {}, ...options });

  test("depends on what it says that it can do", () => {
    const counts = [{}, { values: "clone" }, { values: "bytes" }, { survives: false }, { shared: false }] as const;
    expect(counts.map(count)).toEqual([36, 40, 39, 34, 35]);
  });

  test("is how many tests were declared, each with a name of its own", () => {
    const declared: string[] = [];
    const options = { test: (name: string) => declared.push(name), values: "clone" } as const;
    expect(describeStorage("mine", () => plainMemoryStorage(), options)).toBe(declared.length);
    expect(new Set(declared).size).toBe(declared.length);
    expect(declared.every((name) => name.startsWith("mine: "))).toBe(true);
  });
});

test("h_39 options that cannot work are refused with what would", () => {
  const wrong: [object, string][] = [
    [{}, "describeStorage: test is missing; give the function by which your runner declares one"],
    [{ test: 7 }, "describeStorage: test is 7; use a function"],
    [{ test, values: "jsno" }, 'describeStorage: values is "jsno"; use "json", "bytes", "clone"'],
    [{ test, largest: 0 }, "describeStorage: largest is 0; use a whole number from 1 to 1073741824"],
    [{ test, seed: 0.5 }, "describeStorage: seed is 0.5; use a whole number from 0 to 4294967295"],
    [{ test, survive: true }, 'describeStorage: there is no option "survive"; did you mean "survives"?'],
  ];
  for (const [options, text] of wrong) {
    expect(() => describeStorage("x", () => plainMemoryStorage(), options as SuiteOptions)).toThrow(new CachefnError("config", ...(text.split(": ", 2) as [string, string])));
  }
});

test("what is equal inside is equal, and nothing else", () => {
  const cycle = (name: string): object => {
    const made: Record<string, unknown> = { name };
    made["self"] = [made];
    return made;
  };
  const alike: (() => unknown)[] = [
    () => Number.NaN,
    () => -0,
    () => new Date(1),
    () => new Map([[1, new Set(["a"])]]),
    () => new Uint8Array([1, 2]).subarray(1),
    () => new Uint8Array([1, 2]).buffer,
    () => [1, , 3],
    () => /a/g,
    () => new TypeError("a"),
    () => cycle("a"),
    () => JSON.parse('{"__proto__": 1}'),
    () => ({ a: undefined }),
    () => 1n,
  ];
  for (const make of alike) expect(() => equal("it", make(), make())).not.toThrow();
  const values = [...alike.map((make) => make()), 0, 1, "", "1", null, undefined, {}, [], [1, 3], [1, undefined, 3], new Map(), new Set(), cycle("b"), { a: 1 }, { b: undefined }]
    .concat([new Date(2), /a/i, new TypeError("b"), new Error("a"), new Uint8Array([1]), new Uint8Array([2, 0]), new Int8Array([2]), new Map([[1, new Set(["b"])]]), 2n]);
  for (const [at, one] of values.entries()) {
    for (const [where, other] of values.entries()) if (at !== where) expect(() => equal(`${at} and ${where}`, one, other), `${at} ${where}`).toThrow();
  }
});

test("an error says what differs, in words that are not too many", () => {
  const text = (found: unknown, wanted: unknown): string => {
    try {
      equal("it", found, wanted);
    } catch (error) {
      return (error as Error).message;
    }
    return "";
  };
  expect(text({ a: [1, "b"] }, new Map([[1, -0]]))).toBe('it: expected Map [Array [1, -0]], got Object ["a": Array [1, "b"]]');
  expect(text("x".repeat(100_000), 1n).length).toBeLessThan(400);
  expect(text(new Date(5), undefined)).toBe("it: expected undefined, got Date 5");
});

test("what is drawn is the same with the same seed, and reaches every number below the bound", () => {
  const draws = (seed: number): number[] => Array.from({ length: 200 }, ((draw) => () => draw(7))(drawing(seed)));
  expect(draws(1)).toEqual(draws(1));
  expect(draws(1)).not.toEqual(draws(2));
  expect([...new Set(draws(3))].sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
});
