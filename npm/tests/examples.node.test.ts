//! The examples of the documentation and of the README, run as they stand there.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { transformSync } from "esbuild";
import { expect, test } from "vitest";
import { ENTRIES, examplesOf, pageOf, run } from "./support/examples.js";

const root = join(import.meta.dirname, "..");
const sources = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));

const texts = sources.map((name) => readFileSync(join(root, "src", name), "utf8"));

const examples = sources.flatMap((name, at) => examplesOf(name, texts[at] as string, "ts"));
const readme = pageOf("README", readFileSync(join(root, "README.md"), "utf8"), "ts");
const engine = readFileSync(join(root, "generated/engine.wasm"));

test.each([...examples, ...readme])("%s holds", async (_, code) => {
  const compile = (code: string): string => transformSync(code, { loader: "ts" }).code;
  await run(code, compile, { engine, readFile: async () => engine });
});

test("what the README says that a call gives is compared with what it gives", () => {
  const answers = readme.flatMap(([, code]) => [...code.matchAll(/toEqual/g)]);
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
  for (const name of [...Object.keys(ENTRIES), ...METHODS]) expect(text).toContain(name);
});

const METHODS = [".get(", ".peek(", ".has(", ".set(", ".delete(", ".clear(", ".getOrFetch(", ".keys(", ".size", ".stats("]
  .concat([".on(", ".off(", ".invalidateByTag(", ".invalidateByPattern(", ".key(", ".uncached(", ".cache.", ".advance("])
  .concat(["context.ttl(", "context.tags(", "context.skip("]);

/** The names of everything that the entries export, types included. */
function exported(): string[] {
  const names = ["index", "index.storage", "devtools", "indexeddb", "public", "react", "records", "slim", "tabs", "testing"];
  const others = ["cache-api", "keyv", "kv", "unstorage", "webstorage"];
  const entries = [...names, ...others].map((name) => readFileSync(join(root, "src", `${name}.ts`), "utf8"));
  const lists = entries.flatMap((text) => [...text.matchAll(/^export (?:type )?\{([^}]*)\}/gm)].map(([, list]) => list as string));
  const listed = lists.flatMap((list) => list.split(",")).map((name) => name.replace("type", "").trim());
  const own = entries.flatMap((text) => [...text.matchAll(/^export (?:function|interface) (\w+)/gm)].map(([, name]) => name as string));
  return [...new Set([...listed, ...own])].filter((name) => name !== "");
}
