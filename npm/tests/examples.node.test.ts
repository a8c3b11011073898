//! The examples of the documentation and of the README, run as they stand there.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { transformSync } from "esbuild";
import { expect, test } from "vitest";
import * as everything from "../src/index.js";
import * as storage from "../src/index.storage.js";
import * as react from "../src/react.js";
import * as records from "../src/records.js";
import * as slim from "../src/slim.js";
import { plainMemoryStorage } from "../src/storages/memory.js";
import * as tabs from "../src/tabs.js";
import * as testing from "../src/testing.js";
import { usualRow } from "./support/records.js";

const root = join(import.meta.dirname, "..");
/** What the examples can import. */
const ENTRIES = { ...everything, ...storage, ...react, ...records, ...slim, ...tabs, ...testing };
const sources = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));

const texts = sources.map((name) => readFileSync(join(root, "src", name), "utf8"));

const examples = sources.flatMap((name) => {
  const comments = readFileSync(join(root, "src", name), "utf8").replaceAll(/^ *\* ?/gm, "");
  return blocks(comments).map((code, at): [string, string] => [`${name} ${at + 1}`, code]);
});
const readme = blocks(readFileSync(join(root, "README.md"), "utf8")).map((code, at): [string, string] => [`README ${at + 1}`, code]);

test.each([...examples, ...readme])("%s holds", async (_, code) => {
  await run(code.replaceAll(ANSWERS, "$1expect($2).toEqual($3);"));
});

test("what the README says that a call gives is compared with what it gives", () => {
  const answers = readme.flatMap(([, code]) => [...code.matchAll(ANSWERS)]);
  expect(answers.length).toBeGreaterThan(10);
});

test.each(exported())("the export %s has an example", (name) => {
  const declaration = new RegExp(`^export (?:(?:type|const) ${name}\\b[^;]*;|(?:interface|class|function) ${name}\\b[^]*?^})`, "m");
  const documented = texts.flatMap((text) => {
    const match = declaration.exec(text);
    if (match === null) return [];
    const comment = text.slice(0, match.index).match(/\/\*\*(?:(?!\*\/)[^])*\*\/\n(?:\/\/.*\n)*$/)?.[0] ?? "";
    return [comment + match[0]];
  });
  expect(documented.join("\n")).toContain("@example");
});

test("every function and every method of a cache is used in an example", () => {
  const text = examples.map(([, code]) => code).join("\n");
  for (const name of [...Object.keys({ ...everything, ...records }), "manualClock", ...METHODS]) expect(text).toContain(name);
});

/** Calls with the answer in a comment behind them. */
const ANSWERS = /^( *)((?:await )?\w.*\)(?:\.\w+)?); \/\/ (undefined|true|false|-?\d+|"[^"]*"|\[.*\])(?:,.*)?$/gm;

const METHODS = [".get(", ".peek(", ".has(", ".set(", ".delete(", ".clear(", ".getOrFetch(", ".keys(", ".size", ".stats("]
  .concat([".on(", ".off(", ".invalidateByTag(", ".invalidateByPattern(", ".key(", ".uncached(", ".cache.", ".advance("])
  .concat(["context.ttl(", "context.tags(", "context.skip("]);

/** The names of everything that the entries export, types included. */
function exported(): string[] {
  const entries = ["index", "index.storage", "indexeddb", "public", "react", "records", "slim", "tabs", "testing"].map((name) => readFileSync(join(root, "src", `${name}.ts`), "utf8"));
  const lists = entries.flatMap((text) => [...text.matchAll(/^export (?:type )?\{([^}]*)\}/gm)].map(([, list]) => list as string));
  const listed = lists.flatMap((list) => list.split(",")).map((name) => name.replace("type", "").trim());
  const own = entries.flatMap((text) => [...text.matchAll(/^export (?:function|interface) (\w+)/gm)].map(([, name]) => name as string));
  return [...new Set([...listed, ...own])].filter((name) => name !== "");
}

function blocks(text: string): string[] {
  return [...text.matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code as string);
}

/** What the examples take for granted is given to them. */
async function run(code: string): Promise<void> {
  const user = { id: "7" };
  const given = {
    ...ENTRIES,
    plainStorage: plainMemoryStorage,
    engine: readFileSync(join(root, "generated/engine.wasm")),
    user,
    row: { ...usualRow({ id: 7, name: "Ada" }) },
    cache: everything.createCache<unknown>(),
    users: everything.createCache<unknown>(),
    shared: everything.createCache<unknown>({ name: "shared", storage: storage.memoryStorage() }),
    listener: (): void => {},
    loadUser: async () => user,
    load: async () => user,
    slowLookup: (id: number, area: string) => id + area.length,
    expect,
    assert: (fact: unknown) => expect(fact).toBe(true),
  };
  const { code: script } = transformSync(code.replaceAll(/^import .*$/gm, ""), { loader: "ts" });
  const declared = [...script.matchAll(/^(?:const|let) (\w+)/gm)].map(([, name]) => name as string);
  const names = Object.keys(given).filter((name) => !declared.includes(name)) as (keyof typeof given)[];
  const AsyncFunction = (async () => {}).constructor as FunctionConstructor;
  await new AsyncFunction(...names, script)(...names.map((name) => given[name]));
}
