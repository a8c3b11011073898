//! The package over a module that its user has compiled.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { CachefnError, withModule } from "../src/slim.js";

/** Nothing but `(import "a" "b" (func))`. */
const IMPORTING = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 2, 7, 1, 1, 0x61, 1, 0x62, 0, 0);

const bytes = readFileSync(join(import.meta.dirname, "../generated/engine.wasm"));

test("a compiled module is all it takes", async () => {
  const { createCache, memoize } = withModule(await WebAssembly.compile(bytes));
  const cache = createCache<number>({ maxEntries: 2, policy: "lru" });
  for (const key of [1, 2, 3]) cache.set(key, key);
  expect([cache.get(1), cache.get(3), cache.size]).toEqual([undefined, 3, 2]);
  const double = memoize((n: number) => n * 2, { key: (n) => n });
  expect([double(21), double(21), double.cache.stats().hits]).toEqual([42, 42, 1]);
});

test("each call makes an engine of its own", () => {
  const module = new WebAssembly.Module(bytes);
  const [one, other] = [withModule(module).createCache<number>(), withModule(module).createCache<number>()];
  one.set("a", 1);
  expect(other.get("a")).toBe(undefined);
});

test.each([
  ["an empty module", new WebAssembly.Module(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0))],
  ["a module that wants imports", new WebAssembly.Module(IMPORTING)],
])("%s is refused when it is given, not when it is used", (_, module) => {
  expect(() => withModule(module)).toThrow(CachefnError);
  expect(() => withModule(module)).toThrow("use module: it is not the one in cachefn-wasm/engine.wasm");
});

test.each<[string, unknown, string]>([
  ["bytes", bytes, "it is bytes; use what WebAssembly.compile makes of cachefn-wasm/engine.wasm"],
  ["a buffer", new ArrayBuffer(8), "it is bytes; use what WebAssembly.compile makes of"],
  ["a promise", WebAssembly.compile(bytes), "it is a promise; await it"],
  ["nothing", undefined, "it is undefined; use what WebAssembly.compile makes of"],
  ["an object", {}, "it is an object; use what WebAssembly.compile makes of"],
])("h_39 %s in the place of a module is refused with what makes one of it", (_, given, message) => {
  expect(() => withModule(given as WebAssembly.Module)).toThrow(CachefnError);
  expect(() => withModule(given as WebAssembly.Module)).toThrow(`use module: ${message}`);
});
