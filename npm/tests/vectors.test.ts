//! The facts that hold in every language, checked against the TypeScript ones.

import { describe, expect, test } from "vitest";
import { Arguments, hashArguments, isSameList } from "../src/arguments.js";
import { type Cause, CachefnError, type EventKind, Glob, type Key } from "../src/index.js";
import { KINDS } from "../src/events.js";
import { argumentsText } from "../src/key.js";
import { keyOfArguments, keyOfText, textOfKey } from "../src/memoize-key.js";
import { milliseconds } from "../src/time.js";
import { createCache, runTrace } from "./support/trace.js";
import { valueOf } from "./support/values.js";
import { casesOf, refuseOthers, vectors } from "./support/vectors.js";

test("every file of facts is known here", () => {
  const known = ["durations.json", "globs.json", "keys.json", "words.json"];
  const folders = /^(traces|policies|records)\//;
  const others = [...vectors.keys()].filter((file) => !folders.test(file) && !known.includes(file));
  expect(others).toEqual([]);
  for (const [file, lists] of Object.entries({
    "durations.json": ["cases", "errors"],
    "globs.json": ["cases", "errors", "escapes", "prefixes"],
    "keys.json": ["cases", "errors"],
    "words.json": ["kinds", "causes"],
  })) {
    refuseOthers(vectors.get(file) as object, ["rules", ...lists]);
  }
});

test("s_42 events and causes have the words that the vectors say", () => {
  const words = (list: string): unknown[] => casesOf("words.json", list).map((one) => (refuseOthers(one, ["word"]), one["word"]));
  expect(words("kinds")).toEqual([...KINDS, "state"] satisfies EventKind[]);
  // The type makes this list complete, and nothing more.
  const own: Record<Cause, true> = {
    ...{ replaced: true, deleted: true, expired: true, evicted: true, tag: true, pattern: true, cleared: true, "too-heavy": true },
    ...{ "load-failed": true, reentrant: true, "storage-failed": true, undecodable: true, "bus-failed": true },
    ...{ key: true, config: true, unavailable: true, healthy: true, degraded: true, recovering: true },
  };
  expect(words("causes")).toEqual(Object.keys(own));
});

describe("s_24 globs", () => {
  test.each(casesOf("globs.json", "cases"))("$pattern matches what it should", (one) => {
    refuseOthers(one, ["pattern", "matches", "misses", "exact", "prefix"]);
    const { pattern, matches, misses } = one as unknown as { pattern: string; matches: string[]; misses: string[] };
    const glob = new Glob(pattern);
    expect(matches.filter((text) => !glob.matches(text))).toEqual([]);
    expect(misses.filter((text) => glob.matches(text))).toEqual([]);
  });

  test.each(casesOf("globs.json", "errors"))("$pattern is an error", (one) => {
    refuseOthers(one, ["pattern", "position"]);
    const error = thrownBy(() => new Glob(one["pattern"] as string));
    expect(error.code).toBe("glob");
    if (one["position"] !== undefined) expect(error.message).toContain(`position ${one["position"]} `);
  });

  test.each(casesOf("globs.json", "escapes"))("$text escaped matches itself only", (one) => {
    refuseOthers(one, ["text", "escaped"]);
    const text = one["text"] as string;
    expect(Glob.escape(text)).toBe(one["escaped"]);
    const glob = new Glob(Glob.escape(text));
    expect([text, `${text}x`, `x${text}`].map((other) => glob.matches(other))).toEqual([true, false, false]);
  });

  test.each(casesOf("globs.json", "prefixes"))("the prefix $text matches what begins with it", (one) => {
    refuseOthers(one, ["text", "matches", "misses"]);
    const { text, matches, misses } = one as unknown as { text: string; matches: string[]; misses: string[] };
    const glob = Glob.prefix(text);
    expect(matches.filter((other) => !glob.matches(other))).toEqual([]);
    expect(misses.filter((other) => glob.matches(other))).toEqual([]);
  });
});

describe("s_03 durations", () => {
  test.each(casesOf("durations.json", "cases"))("$text lasts $ms", (one) => {
    refuseOthers(one, ["text", "ms", "bare"]);
    const length = (): number => milliseconds(one["text"] as string, "test", "ttl");
    if (one["bare"] === true) expect(thrownBy(length).code).toBe("config");
    else expect(length()).toBe(one["ms"] === "endless" ? Number.POSITIVE_INFINITY : one["ms"]);
  });

  test.each(casesOf("durations.json", "errors"))("$text is an error", (one) => {
    refuseOthers(one, ["text"]);
    expect(thrownBy(() => milliseconds(one["text"] as string, "test", "ttl")).code).toBe("config");
  });
});

describe("s_23 the text of keys", () => {
  test.each(casesOf("keys.json", "cases"))("$key$args is $text", (one) => {
    refuseOthers(one, ["key", "args", "text"]);
    if (one["key"] !== undefined) {
      const cache = createCache<number>();
      cache.set(valueOf(one["key"]) as Key, 1);
      expect(cache.invalidateByPattern(Glob.escape(one["text"] as string))).toBe(1);
    } else {
      const args = (one["args"] as unknown[]).map(valueOf);
      expect(argumentsText(args)).toBe(one["text"]);
      const key = keyOfArguments(args);
      expect(textOfKey(key)).toBe(one["text"]);
      expectEqualKeys(keyOfText(one["text"] as string), key);
    }
  });

  test.each(casesOf("keys.json", "errors"))("$args has no text", (one) => {
    refuseOthers(one, ["args"]);
    const args = (one["args"] as unknown[]).map(valueOf);
    expect(thrownBy(() => argumentsText(args)).code).toBe("key");
  });
});

describe("traces", () => {
  const traces = [...vectors].filter(([file]) => file.startsWith("traces/"));

  test.each(traces)("%s is followed step by step", (_, trace) => {
    const only = trace["only_in"] as string[] | undefined;
    expect(only?.filter((name) => !["rust", "sharded", "unsync", "ts"].includes(name)) ?? []).toEqual([]);
    if (only === undefined || only.includes("ts")) runTrace(trace);
  });

  test("there are some", () => {
    expect(traces.length).toBeGreaterThan(0);
  });
});

/** Lists of arguments need not be alike to be equal: `7n` is `7`. */
function expectEqualKeys(one: unknown, other: unknown): void {
  if (!(one instanceof Arguments) || !(other instanceof Arguments)) return expect(one).toEqual(other === 0 ? 0 : other);
  for (const seed of [0, 1, -1]) expect(hashArguments(one.list, seed)).toBe(hashArguments(other.list, seed));
  expect([isSameList(one.list, other.list), isSameList(other.list, one.list)]).toEqual([true, true]);
}

function thrownBy(run: () => unknown): CachefnError {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(CachefnError);
    return error as CachefnError;
  }
  throw new Error("nothing was thrown");
}
