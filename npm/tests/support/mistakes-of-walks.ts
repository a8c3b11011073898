//! Mistakes that storages make with names, walks, bulk reads and the dead.

import type { Row, Storage } from "../../src/storage.js";
import type { Mistake, Wrong } from "./wrong.js";

const NAMES_CHANGED: readonly (readonly [is: string, code: (name: string) => string])[] = [
  ["UTF-8", (name) => new TextDecoder().decode(new TextEncoder().encode(name))],
  ["in lower case", (name) => name.toLowerCase()],
  ["trimmed", (name) => name.trim()],
  ["what an object can have as its own", (name) => name.replace("__proto__", "constructor")],
  ["cut after 250 units", (name) => name.slice(0, 250)],
];

export const WALK_MISTAKES: readonly Mistake[] = [
  ...NAMES_CHANGED.map(([is, code]): Mistake => [`a name is ${is}`, ["h_06 every text is a name", "h_06 odd names"], (right) => recoded(right, code)]),
  [
    "the names of tokens are folded",
    ["h_06 every text is a tag"],
    (right) => ({
      createTokens: (tokens) => right.createTokens(tokens.map(([name, token]) => [name.normalize("NFC"), token])),
      tokens: (names) => right.tokens(names.map((name) => name.normalize("NFC"))),
    }),
  ],
  ["colons are all alike", ["h_04"], (right) => recoded(right, (name) => name.replaceAll(/:+/g, ":"))],
  ["a page has ten names at least", ["scan lists"], (right) => ({ scan: (prefix, limit, after) => right.scan(prefix, Math.max(10, limit), after) })],
  [
    "a walk forgets the last name of each page",
    ["scan lists", "s_32"],
    (right) => paging(right, (names, next) => (next === undefined ? names : names.slice(0, -1))),
  ],
  ["a prefix ends before the last possible units", ["h_28"], (right) => paging(right, (names, _, prefix) => names.filter((name) => name <= `${prefix}\ufff0`))],
  ["a prefix is a pattern", ["h_28"], (right) => ({ scan: (prefix, limit, after) => right.scan(prefix.replace(/[*?_%\\]/g, ""), limit, after) })],
  [
    "a walk goes on by number",
    ["s_32"],
    (right) => ({
      async scan(prefix, limit, after = "0") {
        const { names } = await right.scan(prefix, 1e6);
        const end = Number(after) + limit;
        return { names: names.slice(Number(after), end), next: end < names.length ? String(end) : undefined };
      },
    }),
  ],
  ["load gives up one too early", ["load reads"], (right) => ({ load: async (prefix, most) => right.load?.(prefix, most - 1) })],
  ["load reads no tokens", ["load reads"], (right) => ({ load: async (prefix, most) => (await right.load?.(prefix, most))?.map(({ row }) => ({ row })) })],
  [
    "purge forgets what follows a life",
    ["h_20"],
    (right) => ({ purge: async (prefix, now) => right.delete(await those(right, prefix, ({ created, freshFor }) => created + freshFor <= now)) }),
  ],
  ["purge comes a millisecond late", ["h_20"], (right) => ({ purge: async (prefix, now) => (await right.purge?.(prefix, now - 1)) ?? 0 })],
  ["purge takes the dead of all prefixes", ["h_20"], (right) => ({ purge: async (_, now) => (await right.purge?.("", now)) ?? 0 })],
];

/** Keeps rows under other names, and does not know the first ones again. */
function recoded(right: Storage, code: (name: string) => string): Wrong {
  return {
    get: async (names) => (await right.get(names.map(code))).map((one, at) => one && { ...one, row: { ...one.row, name: names[at] as string } }),
    set: (rows) => right.set(rows.map((row) => ({ ...row, name: code(row.name) }))),
    delete: (names) => right.delete(names.map(code)),
  };
}

function paging(right: Storage, change: (names: readonly string[], next: string | undefined, prefix: string) => readonly string[]): Wrong {
  return {
    async scan(prefix, limit, after) {
      const { names, next } = await right.scan(prefix, limit, after);
      return { names: change(names, next, prefix), next };
    },
  };
}

async function those(right: Storage, prefix: string, are: (row: Row) => boolean): Promise<string[]> {
  const found = await right.get((await right.scan(prefix, 1e6)).names);
  return found.flatMap((one) => (one !== undefined && are(one.row) ? [one.row.name] : []));
}
