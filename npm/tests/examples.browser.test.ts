//! The examples of the documentation that need a browser, run in one as they stand there.

import { expect, test } from "vitest";
import * as cacheApi from "../src/cache-api.js";
import { createCache } from "../src/index.js";
import * as indexeddb from "../src/indexeddb.js";
import * as webstorage from "../src/webstorage.js";
import { usualRow } from "./support/records.js";

const sources = import.meta.glob<string>("../src/**/*.ts", { query: "?raw", import: "default", eager: true });

const examples = Object.entries(sources).flatMap(([path, text]) => {
  const comments = text.replaceAll(/^ *\* ?/gm, "");
  return [...comments.matchAll(/```ts browser\n(.*?)```/gs)].map(([, code], at): [string, string] => [`${path.slice(7)} ${at + 1}`, code as string]);
});

test.each(examples)("%s holds", async (_, code) => {
  const given = {
    ...cacheApi,
    ...indexeddb,
    ...webstorage,
    createCache,
    row: usualRow({ id: 7, name: "Ada" }),
    expect,
    assert: (fact: unknown) => expect(fact).toBe(true),
  };
  // Nothing here compiles types, so that only the plainest are used.
  const script = code.replaceAll(/^import .*$/gm, "").replaceAll(/^(const \w+): \w+ =/gm, "$1 =");
  const AsyncFunction = (async () => {}).constructor as FunctionConstructor;
  await new AsyncFunction(...Object.keys(given), script)(...Object.values(given));
});

test("every factory of storages for browsers has such an example", () => {
  const text = examples.map(([, code]) => code).join("\n");
  for (const name of [...Object.keys(cacheApi), ...Object.keys(indexeddb), ...Object.keys(webstorage)]) expect(text).toContain(`${name}(`);
});
