//! Cases: walks over names, bulk reads, and what is dead.

import type { Row } from "../storage.js";
import type { Case } from "./case.js";
import { equal, holds } from "./equal.js";
import { row, sameRow, tag, token } from "./stage.js";

export const SCANNING: readonly Case[] = [
  {
    title: "scan lists the names with a prefix and no others, in pages of any length",
    async run(stage) {
      const wanted = Array.from({ length: 53 }, (_, at) => `users:${at}`);
      await stage.set(...wanted.map((name) => [name, name] as const), ["user:1", 1], ["users2:1", 2], ["users", 3], ["Users:1", 4]);
      for (const limit of [1, 2, 7, 53, 54, 1000]) await stage.lists(`scan in pages of ${limit}`, "users:", limit, wanted);
      await stage.lists("scan of a prefix that nothing has", "nothing:", 10, []);
      await stage.lists("scan of a prefix that is a name", "users:52", 10, ["users:52"]);
    },
  },
  {
    title: "h_28 a prefix is a text, whatever characters it has",
    async run(stage) {
      const prefixes = ["*", "?", "[a", "%", "\\", "\uffff", "\uffff\uffff", "a\uffff", "\ud83d", "\udbff\udfff", "a\0", "_", "."].map((text) => `n:${text}`);
      const names = prefixes.flatMap((prefix) => [prefix, `${prefix}b`, `${prefix}\uffff`, `${prefix}\udfff`]);
      await stage.set(...[...names, "n:", "n:a", "n:b", "n:aab"].map((name) => [name, name] as const));
      const all = [...new Set([...names, "n:", "n:a", "n:b", "n:aab"])];
      for (const prefix of [...prefixes, "n:", "n:a"]) {
        await stage.lists(`scan of ${JSON.stringify(prefix)}`, prefix, 5, all.filter((name) => name.startsWith(prefix)));
      }
    },
  },
  {
    title: "s_32 a walk lists all that is there from its beginning to its end",
    needs: "lists",
    async run(stage) {
      const storage = await stage.storage();
      const names = Array.from({ length: 200 }, (_, at) => `walk:${String(at).padStart(3, "0")}`);
      await stage.set(...names.map((name) => [name, name] as const));
      const listed = new Set<string>();
      let after: string | undefined;
      for (let page = 0; page < 1000; page++) {
        const { names: some, next } = await (after === undefined ? storage.scan("walk:", 9) : storage.scan("walk:", 9, after));
        for (const name of some) listed.add(name);
        if (next === undefined) break;
        after = next;
        // Every third goes, where the walk is and where it was and will be; others come.
        await storage.delete([some.find((name) => Number(name.slice(5, 8)) % 3 === 0) ?? "walk:absent", `walk:${String(page * 9).padStart(3, "0")}`]);
        await stage.set([`walk:${page}:new`, page]);
      }
      const missed = names.filter((name) => Number(name.slice(5)) % 3 !== 0 && Number(name.slice(5)) % 9 !== 0 && !listed.has(name));
      equal("names that stayed and were not listed", missed, []);
      holds("a name that nobody set was listed", [...listed].every((name) => name.startsWith("walk:")));
    },
  },
  {
    title: "load reads all rows with a prefix at once, or says that there are more",
    async run(stage) {
      const storage = await stage.storage();
      if (storage.load === undefined) return;
      equal("load of nothing", await storage.load("n:", 10), []);
      const rows = Array.from({ length: 30 }, (_, at) => row(`n:${at}`, { at }, { tags: at % 2 === 0 ? [] : [tag(`t${at % 6}`, at)] }));
      await storage.set([...rows, row("o:1", 1), row("n", 2), row("m:1", 3)]);
      await storage.replaceTokens([["%n:n", token(77)], ["%t:n:t1", token(78)], ["%x:n:t5", token(79)], ["%n:o", token(80)], ["%t:n:t2", token(81)]]);
      equal("load of 30 rows when 29 are wanted at most", await storage.load("n:", 29), undefined);
      for (const most of [30, 31, 10_000]) {
        const found = (await storage.load("n:", most)) ?? [];
        equal(`how many load gives when ${most} are wanted at most`, found.length, 30);
        const byName = new Map(found.map((one) => [one.row.name, one]));
        for (const wanted of rows) {
          const one = byName.get(wanted.name);
          sameRow(`load: the row ${wanted.name}`, one, wanted);
          equal(`load: the value of ${wanted.name}`, one?.row.value, wanted.value);
          const [same] = await storage.get([wanted.name]);
          equal(`load: the tokens of ${wanted.name}, which get has too`, one?.tokens, same?.tokens);
        }
      }
    },
  },
  {
    title: "h_20 purge takes the dead with a prefix and nothing else",
    async run(stage) {
      const storage = await stage.storage();
      if (storage.purge === undefined) return;
      const lives: Partial<Row>[] = [
        { freshFor: 10 },
        { freshFor: 9 },
        { freshFor: 11 },
        { freshFor: 5, revalidatesFor: 5 },
        { freshFor: 5, bridgesFor: 6, revalidatesFor: 1 },
        { freshFor: 5, revalidatesFor: Infinity },
        {},
        { freshFor: 0 },
      ];
      const isDead = [true, true, false, true, false, false, false, true];
      const named = (namespace: string): Row[] => lives.map((life, at) => row(`${namespace}:${at}`, at, { created: 1000, ...life }));
      // What was invalidated is dead, too; these were not.
      await storage.createTokens(["n", "o", "many"].map((namespace) => [`%n:${namespace}`, token(0)]));
      await storage.set([...named("n"), ...named("o")]);
      equal("purge before anything is dead", await storage.purge("n:", 999), 0);
      equal("purge", await storage.purge("n:", 1010), 4);
      await stage.has("after purge", ...isDead.map((dead, at) => [`n:${at}`, dead ? undefined : at] as const));
      await stage.has("of another prefix after purge", ...isDead.map((_, at) => [`o:${at}`, at] as const));
      equal("purge when all the dead are gone", await storage.purge("n:", 1010), 0);
      equal("purge of the other prefix", await storage.purge("o:", 1010), 4);
      const many = Array.from({ length: 2500 }, (_, at) => row(`many:${at}`, at, { created: 1000, freshFor: at % 5 === 0 ? 100 : 10 }));
      await storage.set(many);
      equal("purge of thousands", await storage.purge("many:", 1050), 2000);
      await stage.lists("scan of what it leaves", "many:", 100, many.filter((_, at) => at % 5 === 0).map(({ name }) => name));
    },
  },
];
