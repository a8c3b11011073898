//! The examples of the documentation: where they stand, and what they take for granted.

import { expect } from "vitest";
import * as cacheApi from "../../src/cache-api.js";
import * as devtools from "../../src/devtools.js";
import * as everything from "../../src/index.js";
import * as storage from "../../src/index.storage.js";
import * as keyv from "../../src/keyv.js";
import * as kv from "../../src/kv.js";
import * as react from "../../src/react.js";
import * as records from "../../src/records.js";
import * as slim from "../../src/slim.js";
import { plainMemoryStorage } from "../../src/storages/memory.js";
import * as tabs from "../../src/tabs.js";
import * as testing from "../../src/testing.js";
import * as unstorage from "../../src/unstorage.js";
import { usualRow } from "./records.js";

/** What the examples can import wherever they run. */
export const ENTRIES = {
  ...{ ...everything, ...storage, ...devtools, ...react, ...records, ...slim, ...tabs, ...testing },
  ...{ ...cacheApi, ...keyv, ...kv, ...unstorage },
};

/** The blocks in the comments of a source, each with a name. */
export function examplesOf(name: string, source: string, language: string): [string, string][] {
  return named(name, blocks(source.replaceAll(/^ *\* ?/gm, ""), language));
}

/** The blocks of a page, each with a name; an answer in a comment behind a call is compared with what that gives. */
export function pageOf(name: string, page: string, language: string): [string, string][] {
  return named(name, blocks(page, language)).map(([name, code]) => [name, code.replaceAll(ANSWERS, "$1expect($2).toEqual($3);")]);
}

/** Runs a block, which `compile` makes a script of, with what examples are given; `given` comes on top. */
export async function run(code: string, compile: (code: string) => Promise<string> | string, given: object): Promise<void> {
  const user = { id: "7" };
  const names: Record<string, unknown> = {
    ...ENTRIES,
    plainStorage: plainMemoryStorage,
    user,
    row: { ...usualRow({ id: 7, name: "Ada" }) },
    binding: inMemory(),
    cache: everything.createCache<unknown>(),
    users: everything.createCache<unknown>(),
    shared: everything.createCache<unknown>({ name: "shared", storage: storage.memoryStorage() }),
    listener: (): void => {},
    loadUser: async () => user,
    load: async () => user,
    slowLookup: (id: number, area: string) => id + area.length,
    expect,
    assert: (fact: unknown) => expect(fact).toBe(true),
    ...given,
  };
  const script = await compile(code.replaceAll(/^import .*$/gm, ""));
  for (const [, declared] of script.matchAll(/^(?:const|let) (\w+)/gm)) delete names[declared as string];
  const AsyncFunction = (async () => {}).constructor as FunctionConstructor;
  await new AsyncFunction(...Object.keys(names), script)(...Object.values(names));
}

/** What an edge platform gives a worker. */
function inMemory(): kv.KeyValueBinding {
  const kept = new Map<string, Uint8Array>();
  return {
    get: async (key) => kept.get(key)?.slice().buffer ?? null,
    put: async (key, value) => void kept.set(key, value),
    delete: async (key) => void kept.delete(key),
    list: async ({ prefix }) => ({ keys: [...kept.keys()].filter((key) => key.startsWith(prefix)).map((name) => ({ name })), list_complete: true }),
  };
}

function named(name: string, blocks: string[]): [string, string][] {
  return blocks.map((code, at) => [`${name} ${at + 1}`, code]);
}

function blocks(text: string, language: string): string[] {
  return [...text.matchAll(new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, "gs"))].map(([, code]) => code as string);
}

/** Calls with the answer in a comment behind them. */
const ANSWERS = /^( *)((?:await )?\w.*\)(?:\.\w+)?); \/\/ (undefined|true|false|-?\d+|"[^"]*"|\[.*\])(?:,.*)?$/gm;
