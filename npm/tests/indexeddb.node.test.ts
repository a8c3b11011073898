//! IndexedDB where there is none, and its options.

import { expect, test } from "vitest";
import { indexedDB } from "../src/indexeddb.js";
import { refused, row, troubles } from "./support/rows.js";

test("h_33 where there is no IndexedDB every method is rejected, which is reported once", async () => {
  const storage = indexedDB();
  const heard = troubles(storage);
  const calls = [
    () => storage.get(["n:a"]),
    () => storage.set([row("n:a", 1)]),
    () => storage.delete(["n:a"]),
    () => storage.tokens(["%n:n"]),
    () => storage.createTokens([["%n:n", "0".repeat(32)]]),
    () => storage.replaceTokens([["%n:n", "0".repeat(32)]]),
    () => storage.scan("n:", 10),
    () => storage.load?.("n:", 10) as Promise<unknown>,
    () => storage.purge?.("n:", 10) as Promise<unknown>,
  ];
  for (const call of calls) expect(await refused("unavailable", call())).toMatch(/^[a-z ]+: "(%n:n|n:a?)": indexeddb is unavailable: /);
  await storage.close();
  expect(heard).toEqual(["unavailable"]);
});

test("h_39 options that cannot work are refused with what would", () => {
  const wrong: [unknown, string][] = [
    [{ database: "" }, 'indexedDB: database is ""; use a text such as "cachefn"'],
    [{ database: 7 }, 'indexedDB: database is 7; use a text such as "cachefn"'],
    [{ durability: "strickt" }, 'indexedDB: durability is "strickt"; did you mean "strict"?'],
    [{ openTimeout: -1 }, "indexedDB: openTimeout is -1; use 0 or more"],
    [{ databse: "x" }, 'indexedDB: there is no option "databse"; did you mean "database"?'],
    [null, "indexedDB: the options are null; use an object"],
  ];
  for (const [options, text] of wrong) expect(() => indexedDB(options as object)).toThrow(text);
});
