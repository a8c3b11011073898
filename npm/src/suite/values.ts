//! Cases: what comes back of values, and whose it is.

import type { Case } from "./case.js";
import { equal, holds } from "./equal.js";
import { failure, row } from "./stage.js";

export const VALUES: readonly Case[] = [
  {
    title: "what JSON holds comes back",
    async run(stage) {
      const names = JSON.parse('{ "__proto__": 1, "constructor": { "prototype": 2 }, "": 3, "a.b": [4] }') as unknown;
      const values = [null, true, false, 0, 1, -1, 0.1, 1e300, 5e-324, 2 ** 53 - 1, "", "text", "\0", "é😀", "{}", "null", [], {}, [[[]]], [1, "1", null], { a: { b: [1, { c: null }] } }, names];
      await same(stage, values);
    },
  },
  {
    title: "h_34 typed arrays, dates, maps, sets, bigints and what is no number come back",
    needs: "bytes",
    async run(stage) {
      const bytes = new Uint8Array([0, 1, 127, 128, 255]);
      const inside = { date: new Date(0), deep: [new Map([[1n, new Set([undefined, null])]])], not: Number.NaN, negative: -0 };
      const numbers = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, undefined, 0n, -(2n ** 70n), 2n ** 64n - 1n];
      const arrays = [bytes, new Uint8Array(0), bytes.buffer, new Float64Array([0.1, Number.NaN, -0]), new Int16Array([-1, 2]), new BigInt64Array([-1n])];
      const more = [new Date(1_700_000_000_123), new Date(Number.NaN), new Map<unknown, unknown>([["a", 1], [{ b: 2 }, [3]]]), new Set([1, "1", Number.NaN])];
      await same(stage, [...numbers, ...arrays, ...more, inside, [undefined], { a: undefined }]);
    },
  },
  {
    title: "cycles, shared parts, gaps, patterns and errors come back",
    needs: "clone",
    async run(stage) {
      const cycle: Record<string, unknown> = { list: [] };
      cycle["self"] = cycle;
      (cycle["list"] as unknown[]).push(cycle, new Map([[cycle, cycle]]));
      const part = { n: 1 };
      await same(stage, [cycle, [1, , 3], /a+b/gi, new TypeError("no"), new Map([["m", cycle]]), { part, again: part }]);
      const shared = (await stage.value("n:5")) as { part: object; again: object };
      holds("a part that is shared is one part no longer", shared.part === shared.again);
    },
  },
  {
    title: "undefined is a value, and its row is there",
    needs: "bytes",
    async run(stage) {
      await stage.set(["n:a", undefined]);
      const [found] = await (await stage.storage()).get(["n:a"]);
      equal("get of a row with the value undefined", found?.row.name, "n:a");
    },
  },
  {
    title: "h_34 what the caller changes afterwards is not what is kept",
    async run(stage) {
      const value = { list: [1], inner: { a: 1 } };
      const tags = [{ name: "t", remove: "0".repeat(32), expire: "1".repeat(32) }];
      await (await stage.storage()).set([row("n:a", value, { tags })]);
      value.list.push(2);
      value.inner.a = 2;
      tags.length = 0;
      for (let time = 0; time < 2; time++) {
        const [found] = await (await stage.storage()).get(["n:a"]);
        equal("get after the value was changed by its owner", found?.row.value, { list: [1], inner: { a: 1 } });
        equal("the tags of the row after the list was changed by its owner", found?.row.tags.length, 1);
        (found?.row.value as typeof value).list.push(3);
      }
      const [one, other] = await (await stage.storage()).get(["n:a", "n:a"]);
      (one?.row.value as typeof value).list.push(4);
      equal("the same row in one answer, changed in its first place", (other?.row.value as typeof value).list, [1]);
    },
  },
  {
    title: "h_36 what cannot be kept takes nothing with it, and the error does not show it",
    async run(stage) {
      const storage = await stage.storage();
      const secret = { call: () => "secret-4711", text: "secret-4711" };
      const call = () => storage.set([row("n:first", 1), row("n:call", secret), row("n:last", 3)]);
      const error = await failure("set with a function among the values", call);
      equal("its code", error.code, "codec");
      holds(`its text has no name: ${error.message}`, error.message.includes("n:call"));
      holds("its text shows the value", !`${error.message}${String(error.cause)}`.includes("4711"));
      await stage.has("after that call", ["n:first", 1], ["n:last", 3], ["n:call", undefined]);
    },
  },
  {
    title: "a large value comes back, and the small ones beside it",
    async run(stage) {
      const text = "0123456789abcdef".repeat(Math.ceil(stage.largest / 16)).slice(0, stage.largest);
      await stage.set(["n:before", 1], ["n:large", text], ["n:after", 2]);
      const [before, large, after] = await (await stage.storage()).get(["n:before", "n:large", "n:after"]);
      holds(`get of a text of ${text.length} characters: another one came back`, large?.row.value === text);
      equal("get beside it", [before?.row.value, after?.row.value], [1, 2]);
      await stage.set(["n:large", "small"]);
      await stage.has("after a small value replaced it", ["n:large", "small"]);
    },
  },
  {
    title: "many large bytes come back",
    needs: "bytes",
    async run(stage) {
      const length = Math.ceil(stage.largest / 10);
      const random = stage.random();
      const values = Array.from({ length: 5 }, () => new Uint8Array(length).map(() => random(256)));
      await same(stage, values);
    },
  },
];

/** Every value under a name of its own, kept in a call and found in another. */
async function same(stage: Parameters<Case["run"]>[0], values: readonly unknown[]): Promise<void> {
  const pairs = values.map((value, at) => [`n:${at}`, value] as const);
  await stage.set(...pairs);
  await stage.has("of a value", ...pairs);
}
