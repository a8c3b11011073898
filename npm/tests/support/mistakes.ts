//! Storages that are wrong in one way each, and the cases of the suite that must find it.

import type { Found, Named, Row, Storage, Token } from "../../src/storage.js";
import { plainMemoryStorage } from "../../src/storages/memory.js";
import { VALUE_MISTAKES } from "./mistakes-of-values.js";
import { WALK_MISTAKES } from "./mistakes-of-walks.js";
import { changing, type Mistake } from "./wrong.js";

/** Opens storages that all make this mistake, over right ones that survive. */
export function opener([, , wrong]: Mistake): (place: number) => Storage {
  const places = new Map<number, Storage>();
  return (place) => {
    const right = places.get(place) ?? plainMemoryStorage();
    places.set(place, right);
    return { ...right, ...wrong(right, [...places.values()][0] as Storage) };
  };
}

const ROW_MISTAKES: readonly Mistake[] = [
  ["nothing cannot be asked for", ["many of nothing"], (right) => ({ get: async (names) => right.get(names.length === 0 ? fail("no names") : names) })],
  ["each name is asked once", ["get answers in the order"], (right) => ({ get: (names) => right.get([...new Set(names)]) })],
  [
    "no end becomes null, as in JSON",
    ["every field"],
    (right) => changing(right, ({ row }) => ({ row: { ...row, freshFor: JSON.parse(JSON.stringify(row.freshFor)) as number } })),
  ],
  [
    "the tags of a row join those before it",
    ["s_26"],
    (right) => ({
      async set(rows) {
        const before = await right.get(rows.map(({ name }) => name));
        await right.set(rows.map((row, at) => ({ ...row, tags: [...(before[at]?.row.tags ?? []), ...row.tags] })));
      },
    }),
  ],
  ["rows are written from behind", ["of a name that comes twice"], (right) => ({ set: (rows) => right.set([...rows].reverse()) })],
  ["a call keeps a hundred rows at most", ["h_36 a thousand"], (right) => ({ set: (rows) => right.set(rows.slice(0, 100)) })],
  ["delete counts names", ["s_31 delete", "drawn operations"], (right) => ({ delete: async (names) => (await right.delete(names), names.length) })],
  ["delete takes a hundred at most", ["s_31 very many"], (right) => ({ delete: (names) => right.delete(names.slice(0, 100)) })],
];

const TOKEN_MISTAKES: readonly Mistake[] = [
  [
    "a token is made where there is none",
    ["s_28 tokens are absent"],
    (right) => ({ tokens: async (names) => (await right.tokens(names)).map((token) => token ?? "f".repeat(32)) }),
  ],
  [
    "createTokens overwrites",
    ["s_28 createTokens", "s_28 of many", "s_27"],
    (right) => ({ createTokens: async (tokens) => (await right.replaceTokens(tokens), tokens.map(([, token]) => token)) }),
  ],
  ["replaceTokens keeps what is there", ["s_27", "what is kept is there"], (right) => ({ replaceTokens: async (tokens) => void (await right.createTokens(tokens)) })],
  [
    "createTokens looks first and writes afterwards",
    ["s_28 of many", "h_32 two"],
    (right) => ({
      async createTokens(tokens) {
        const there = await right.tokens(tokens.map(([name]) => name));
        const answer = tokens.map(([, token], at) => there[at] ?? token);
        await right.replaceTokens(tokens.map(([name], at): Named => [name, answer[at] as Token]));
        return answer;
      },
    }),
  ],
  [
    "tokens lie among the rows",
    ["tokens and rows"],
    (right) => ({
      async replaceTokens(tokens) {
        await right.replaceTokens(tokens);
        await right.set(tokens.map(([name, token]) => ({ ...BLANK, name, value: token })));
      },
    }),
  ],
  [
    "the tokens of a row are those that it was written with",
    ["s_28 the tokens that come"],
    (right) => changing(right, ({ row }) => ({ row, tokens: [row.namespaceToken, ...row.tags.flatMap(({ remove, expire }) => [remove, expire])] })),
  ],
  [
    "a tag belongs to the whole namespace, also behind a stroke",
    ["s_28 the tokens that come"],
    (right) => ({ get: async (names) => Promise.all((await right.get(names)).map(async (one) => one && { ...one, tokens: await right.tokens(unscoped(one.row)) })) }),
  ],
];

const ENDING_MISTAKES: readonly Mistake[] = [
  ["a write is kept after its promise", ["h_32 of a thousand", "h_30", "drawn operations"], (right) => ({ set: async (rows) => void setTimeout(() => right.set(rows)) })],
  [
    "a row is written in two halves",
    ["h_30"],
    (right) => ({
      async set(rows) {
        await right.set(rows.map((row) => ({ ...row, value: half(row.value) })));
        await new Promise((resolve) => setTimeout(resolve));
        await right.set(rows);
      },
    }),
  ],
  ["it has no label", ["it has a label"], () => ({ label: "" })],
  ["all places are one", ["a new place"], (_, { get, set, delete: forget }) => ({ get, set, delete: forget })],
  [
    "who watches hears of every write, and for ever",
    ["what is watched"],
    (right) => {
      const hearers: (() => void)[] = [];
      return { watch: (hear) => (hearers.push(() => hear({ code: "corrupt" })), () => {}), set: async (rows) => (await right.set(rows), hearers.forEach((tell) => tell())) };
    },
  ],
  [
    "a closed one answers with nothing",
    ["a closed storage"],
    (right) => {
      let isClosed = false;
      return { close: async () => void (isClosed = true), get: async (names) => (isClosed ? names.map(() => undefined) : right.get(names)) };
    },
  ],
  ["what is kept ends with its closing", ["what is kept is there"], (right) => ({ close: async () => void (await right.delete((await right.scan("", 1e6)).names)) })],
  [
    "each reads from a copy of its own",
    ["h_32 two"],
    (right) => {
      const copy = new Map<string, Found | undefined>();
      const one = async (name: string): Promise<Found | undefined> => {
        if (!copy.has(name)) copy.set(name, (await right.get([name]))[0]);
        return copy.get(name);
      };
      return { get: (names) => Promise.all(names.map(one)), set: (rows) => (copy.clear(), right.set(rows)), delete: (names) => (copy.clear(), right.delete(names)) };
    },
  ],
];

/** All of them. */
export const MISTAKES: readonly Mistake[] = [...ROW_MISTAKES, ...TOKEN_MISTAKES, ...WALK_MISTAKES, ...VALUE_MISTAKES, ...ENDING_MISTAKES];

const BLANK: Row = { name: "", value: 0, created: 0, freshFor: 0, revalidatesFor: 0, bridgesFor: 0, idleFor: 0, namespaceToken: "0".repeat(32), tags: [] };

function fail(why: string): never {
  throw new Error(why);
}

function unscoped({ name, tags }: Row): string[] {
  const namespace = name.slice(0, name.indexOf(":"));
  return [`%n:${namespace}`, ...tags.flatMap((tag) => [`%t:${namespace}:${tag.name}`, `%x:${namespace}:${tag.name}`])];
}

function half(value: unknown): unknown {
  const { copies = [], ...rest } = (value ?? {}) as { copies?: string[] };
  return { ...rest, copies: copies.slice(25) };
}
