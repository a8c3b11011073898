//! One suite for every storage, of this package or not, under any test runner or none.

import { checkFunction, checkNames, checkWhole, checkWord } from "../checks.js";
import { misconfigured } from "../errors.js";
import type { Storage } from "../storage.js";
import type { Case } from "./case.js";
import { CONCURRENCY } from "./concurrency.js";
import { ENDING } from "./ending.js";
import { NAMES } from "./names.js";
import { ROWS } from "./rows.js";
import { SCANNING } from "./scanning.js";
import { KINDS, Stage, type ValueKind } from "./stage.js";
import { TOKENS } from "./tokens.js";
import { VALUES } from "./values.js";

/**
 * What {@link describeStorage} can be told.
 *
 * @example
 * ```ts
 * const collected: string[] = [];
 * const options: SuiteOptions = { test: (name) => collected.push(name), values: "json", survives: false };
 * describeStorage("mine", () => memoryStorage(), options);
 * assert(collected.every((name) => name.startsWith("mine: ")));
 * ```
 */
export interface SuiteOptions {
  /** Declares a test: that of vitest, of `node:test`, or one that collects them. */
  readonly test: (name: string, run: () => Promise<void>) => unknown;
  /**
   * Which values come back as they were: `"json"` for what JSON holds, as unless said; `"bytes"` for typed arrays,
   * dates, maps, sets, bigints, `undefined`, `NaN` and `-0` too; `"clone"` for all that can be cloned, cycles too.
   */
  readonly values?: ValueKind | undefined;
  /** Whether what is kept is there when the same place is opened again; true unless said. */
  readonly survives?: boolean | undefined;
  /** Whether two storages may be open at one place, and agree; unless said, if what is kept survives. */
  readonly shared?: boolean | undefined;
  /** Whether `scan` lists names; otherwise it must be rejected with the code `unsupported`. True unless said. */
  readonly lists?: boolean | undefined;
  /** The length of the largest value that is tried; 10,000,000 unless said. */
  readonly largest?: number | undefined;
  /** How many names there are in the case that has the most; 10,000 unless said. */
  readonly most?: number | undefined;
  /** Which operations are drawn; the same with the same seed. */
  readonly seed?: number | undefined;
}

/**
 * Declares a test for everything that a storage promises, each with a storage of its own; returns how many.
 *
 * `open` is asked for a place: a number that it was not asked for before stands for a new, empty storage, and the
 * same number again for the same storage, also while that is open if it is `shared`. What has no `load` or no `purge` is not asked for it.
 *
 * @throws {CachefnError} code `config` for an option that cannot work or does not exist.
 *
 * @example
 * ```ts
 * const tests: [name: string, run: () => Promise<void>][] = [];
 * const count = describeStorage("memory", () => memoryStorage(), {
 *   test: (name, run) => tests.push([name, run]),
 *   survives: false,
 * });
 * assert(count === tests.length && count > 20);
 * for (const [, run] of tests.slice(0, 3)) await run();
 * ```
 */
export function describeStorage(name: string, open: (place: number) => Promise<Storage> | Storage, options: SuiteOptions): number {
  checkNames(options, ["test", "values", "survives", "shared", "lists", "largest", "most", "seed"], OPERATION);
  const { test, values = "json", survives = true, shared = survives, lists = true, largest = 10_000_000, most = 10_000, seed = 1 } = options;
  if (test === undefined) throw misconfigured(OPERATION, "test is missing; give the function by which your runner declares one");
  checkFunction(test, OPERATION, "test");
  checkFunction(open, OPERATION, "open");
  checkWord(values, KINDS, OPERATION, "values");
  checkWhole(largest, 1, 2 ** 30, OPERATION, "largest");
  checkWhole(most, 1, 2 ** 30, OPERATION, "most");
  checkWhole(seed, 0, 2 ** 32 - 1, OPERATION, "seed");
  const can: readonly unknown[] = [undefined, survives && "survives", shared && "shared", lists && "lists", ...KINDS.slice(0, KINDS.indexOf(values) + 1)];
  const cases = ALL.filter(({ needs }) => can.includes(needs));
  for (const [at, { title, run }] of cases.entries()) {
    test(`${name}: ${title}`, async () => {
      const stage = new Stage(open, at * PLACES, { largest, most, seed, lists });
      try {
        await run(stage);
      } finally {
        await stage.end();
      }
    });
  }
  return cases.length;
}

const OPERATION = "describeStorage";
/** How many places a case may open. */
const PLACES = 10;
const ALL: readonly Case[] = [...ROWS, ...TOKENS, ...NAMES, ...SCANNING, ...VALUES, ...CONCURRENCY, ...ENDING];
