//! Cases: many rows in a call, in order, replaced and deleted.

import type { Case } from "./case.js";
import { equal } from "./equal.js";
import { row, sameRow, tag, token } from "./stage.js";

export const ROWS: readonly Case[] = [
  {
    title: "many of nothing is nothing",
    async run(stage) {
      const storage = await stage.storage();
      equal("get of no names", await storage.get([]), []);
      await storage.set([]);
      equal("delete of no names", await storage.delete([]), 0);
      equal("tokens of no names", await storage.tokens([]), []);
      await storage.replaceTokens([]);
      equal("createTokens of none", await storage.createTokens([]), []);
    },
  },
  {
    title: "get answers in the order of the names, repeated and absent ones too",
    async run(stage) {
      await stage.set(["n:a", 1], ["n:b", 2], ["n:c", 3]);
      const absent = ["n:absent", undefined] as const;
      await stage.has("of seven names", ["n:c", 3], absent, ["n:a", 1], ["n:c", 3], ["n:b", 2], absent, ["n:a", 1]);
    },
  },
  {
    title: "every field of a row comes back",
    async run(stage) {
      const storage = await stage.storage();
      const rows = [
        row("n:for ever", 1),
        row("n:times", 2, { created: 1_234_567_890_123, freshFor: 1, revalidatesFor: 2, bridgesFor: 3, idleFor: 4 }),
        row("n:zero", 3, { created: 0, freshFor: 0, revalidatesFor: 0, bridgesFor: 0, idleFor: 0 }),
        row("n:windows", 4, { revalidatesFor: Infinity, bridgesFor: Infinity }),
        row("n:tags", 5, { namespaceToken: token(9), tags: [tag("b", 1), tag("a", 3), tag("__proto__", 5), tag("", 7)] }),
      ];
      await storage.set(rows);
      const found = await storage.get(rows.map(({ name }) => name));
      for (const [at, wanted] of rows.entries()) sameRow(`get ${wanted.name}`, found[at], wanted);
    },
  },
  {
    title: "s_26 a row replaces the one under its name as a whole",
    async run(stage) {
      const storage = await stage.storage();
      await storage.set([row("n:a", { old: true, both: 1 }, { tags: [tag("old", 1)], freshFor: 5, bridgesFor: 9 })]);
      const replacement = row("n:a", { both: 2 }, { tags: [tag("new", 3)] });
      await storage.set([replacement]);
      const [found] = await storage.get(["n:a"]);
      sameRow("get after a second set", found, replacement);
      equal("the value after a second set", found?.row.value, { both: 2 });
    },
  },
  {
    title: "of a name that comes twice in a call the last row stays",
    async run(stage) {
      await stage.set(["n:b", "before"]);
      await stage.set(["n:a", 1], ["n:b", 2], ["n:a", 3], ["n:c", 4], ["n:a", 5]);
      await stage.has("after that call", ["n:a", 5], ["n:b", 2], ["n:c", 4]);
    },
  },
  {
    title: "h_36 a thousand rows in a call all arrive",
    async run(stage) {
      const pairs = Array.from({ length: 1000 }, (_, at) => [`n:${at}`, { at }] as const);
      await stage.set(...pairs);
      await stage.has("of a thousand names", ...[...pairs].reverse());
    },
  },
  {
    title: "s_31 delete forgets names and counts those that had a row",
    async run(stage) {
      const storage = await stage.storage();
      await stage.set(["n:a", 1], ["n:ab", 2], ["n:b", 3], ["n:c", 4]);
      equal("delete of two that are there, repeated, and an absent one", await storage.delete(["n:a", "n:absent", "n:c", "n:a", "n:c"]), 2);
      await stage.has("after delete", ["n:a", undefined], ["n:ab", 2], ["n:b", 3], ["n:c", undefined]);
      equal("delete of what was just deleted", await storage.delete(["n:a", "n:c"]), 0);
      await stage.set(["n:a", 5]);
      await stage.has("set again after delete", ["n:a", 5]);
    },
  },
  {
    title: "s_31 very many names are deleted in calls of a thousand",
    async run(stage) {
      const storage = await stage.storage();
      const names = Array.from({ length: stage.most }, (_, at) => `gone:${at}`);
      const parts = Array.from({ length: Math.ceil(stage.most / 1000) }, (_, at) => names.slice(at * 1000, (at + 1) * 1000));
      await stage.set(["gones:stays", 1]);
      for (const part of parts) await storage.set(part.map((name) => row(name, name)));
      let deleted = 0;
      for (const part of parts) deleted += await storage.delete(part);
      equal("delete of them all, summed", deleted, stage.most);
      const left = (await storage.get(names)).filter((found) => found !== undefined);
      equal("how many a get of all of them finds", left.length, 0);
      await stage.has("beside what was deleted", ["gones:stays", 1]);
    },
  },
];
