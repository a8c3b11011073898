//! Refuses what cannot work, and says what would.

import { CachefnError, misconfigured, show } from "./errors.js";
import type { Key } from "./key.js";

/** Refuses a kind of event that never happens, and a listener that nobody can call. */
export function checkListener(kind: string, kinds: readonly string[], listener: unknown): void {
  if (!kinds.includes(kind)) throw misconfigured("on", `there is no event ${show(kind)}; ${advice(kind, kinds)}`);
  if (typeof listener !== "function") throw misconfigured("on", `the listener is ${show(listener)}; use a function`);
}

/** Refuses what is no tag. */
export function checkTag(tag: unknown, operation: string): void {
  if (typeof tag !== "string") throw misconfigured(operation, `the tag is ${show(tag)}; use a text`);
}

/** Refuses what cannot be called. */
export function checkFunction(what: unknown, operation: string, name: string): void {
  if (what !== undefined && typeof what !== "function") {
    throw misconfigured(operation, `${name} is ${show(what)}; use a function`);
  }
}

/** Refuses what is no whole number from `least` to `most`. */
export function checkWhole(number: unknown, least: number, most: number, operation: string, name: string): void {
  if (!Number.isInteger(number) || (number as number) < least || (number as number) > most) {
    throw misconfigured(operation, `${name} is ${show(number)}; use a whole number from ${least} to ${most}`);
  }
}

/** Refuses what is no part of a whole. */
export function checkPart(part: unknown, operation: string, name: string): void {
  if (typeof part !== "number" || !(part >= 0 && part <= 1)) {
    throw misconfigured(operation, `${name} is ${show(part)}; it is a part between 0 and 1`);
  }
}

/** Refuses a word that is none of those known. */
export function checkWord(word: unknown, known: readonly string[], operation: string, name: string): void {
  if (!known.includes(word as string)) {
    throw misconfigured(operation, `${name} is ${show(word)}; ${advice(String(word), known)}`);
  }
}

/** The tags as a list of texts; anything else is refused. */
export function tagList(tags: readonly string[] | undefined, operation: string): readonly string[] {
  if (tags === undefined) return NO_TAGS;
  if (!Array.isArray(tags)) throw misconfigured(operation, `tags is ${show(tags)}; use a list of texts such as ${TAGS}`);
  const wrong = tags.findIndex((tag) => typeof tag !== "string");
  if (wrong >= 0) throw misconfigured(operation, `tags[${wrong}] is ${show(tags[wrong])}; use a text`);
  return tags;
}

/** Whether a value may be a key. */
export function isKey(value: unknown): value is Key {
  return typeof value === "string" || typeof value === "number";
}

/** An error for what is no key. */
export function noKey(value: unknown, operation: string): CachefnError {
  return new CachefnError("key", operation, `the key is ${show(value)}; use a text or a number`);
}

/** Refuses what is no key with its value. */
export function checkEntry(entry: unknown, operation: string): void {
  if (Array.isArray(entry) && entry.length === 2) return;
  throw misconfigured(operation, `an entry is ${show(entry)}; use a key with its value such as ["user:7", user]`);
}

/** Refuses what holds nothing to go through, and a text, whose characters nobody means. */
export function iterable<T>(many: Iterable<T>, operation: string, name: string, example: string): Iterable<T> {
  if (typeof many === "object" && many !== null && typeof many[Symbol.iterator] === "function") return many;
  throw misconfigured(operation, `${name} is ${show(many)}; use a list such as ${example}`);
}

/** Refuses options that nobody would read, with the one that was meant. */
export function checkNames(options: object, known: readonly string[], operation: string): void {
  if (options === null || typeof options !== "object") {
    throw misconfigured(operation, `the options are ${show(options)}; use an object`);
  }
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    const home = HOMES.get(name);
    const meant = MEANT.get(name.toLowerCase()) ?? "";
    const help = known.includes(meant) ? `did you mean ${show(meant)}?` : home ? `it belongs to ${home}` : advice(name, known);
    throw misconfigured(operation, `there is no option ${show(name)}; ${help}`);
  }
}

/** What the word was probably meant to be, or all that would do. */
function advice(word: string, known: readonly string[]): string {
  const steps = known.map((name) => distance(word.toLowerCase(), name.toLowerCase()));
  const fewest = Math.min(...steps);
  return fewest <= 2 && fewest <= word.length / 3
    ? `did you mean ${show(known[steps.indexOf(fewest)])}?`
    : `use ${known.map((name) => show(name)).join(", ")}`;
}

/** Insertions, deletions and replacements from one word to the other (Levenshtein, 1966). */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (let i = 1; i <= one.length; i++) {
    const next = [i];
    for (let j = 1; j <= other.length; j++) {
      const replaced = (row[j - 1] as number) + (one[i - 1] === other[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[other.length] as number;
}

/** What options are called elsewhere. */
const MEANT = new Map(
  [["max", "maxEntries"], ["maxsize", "maxEntries"], ["size", "maxEntries"], ["limit", "maxEntries"]]
    .concat([["capacity", "maxEntries"], ["maxage", "ttl"], ["expires", "ttl"], ["sizecalculation", "weigh"]]) as [string, string][],
);

/** Where options belong that are not everybody's. */
const HOMES = new Map<string, string>([
  ["tags", "set, getOrFetch and memoize"],
  ["key", "memoize"],
  ["weakKeys", "memoize"],
  ["id", "memoize"],
  ["version", "memoize"],
  ["fetcher", "createCache"],
  ["signal", "getOrFetch"],
  ...["name", "bus", "tier"].map((name) => [name, "a cache with `storage`"] as const),
]);

/** No tags. */
const NO_TAGS: readonly string[] = [];

/** What lists look like. */
export const KEYS = '["user:7", "user:8"]';
export const TAGS = '["user:7", "users"]';
export const ENTRIES = '[["user:7", user]]';
