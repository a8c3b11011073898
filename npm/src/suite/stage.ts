//! The storage that a case tries, and what cases do with it again and again.

import { CachefnError } from "../errors.js";
import type { Found, Row, RowTag, Storage, Token } from "../storage.js";
import { equal, holds } from "./equal.js";
import { drawing } from "./random.js";

/** Which values a storage gives back as they were; each kind holds those before it. */
export type ValueKind = "json" | "bytes" | "clone";
export const KINDS: readonly ValueKind[] = ["json", "bytes", "clone"];

/** How a case is to try a storage. */
export interface StageOptions {
  readonly largest: number;
  readonly most: number;
  readonly seed: number;
  readonly lists: boolean;
}

/** A storage of a case's own. */
export class Stage {
  readonly seed: number;
  /** How long the largest value is. */
  readonly largest: number;
  /** How many names there are where there are the most. */
  readonly most: number;
  readonly #canList: boolean;
  readonly #open: (place: number) => Promise<Storage> | Storage;
  readonly #place: number;
  readonly #opened: Storage[] = [];
  #storage: Storage | undefined;

  constructor(open: (place: number) => Promise<Storage> | Storage, place: number, { largest, most, seed, lists }: StageOptions) {
    this.#open = open;
    this.#place = place;
    this.largest = largest;
    this.most = most;
    this.seed = seed;
    this.#canList = lists;
  }

  /** The storage at the first place. */
  async storage(): Promise<Storage> {
    return (this.#storage ??= await this.open(0));
  }

  /** The storage at one of the case's places. */
  async open(which: number): Promise<Storage> {
    const storage = await this.#open(this.#place + which);
    this.#opened.push(storage);
    return storage;
  }

  /** The first one, closed and opened again. */
  async reopened(): Promise<Storage> {
    await (await this.storage()).close();
    this.#storage = undefined;
    return this.storage();
  }

  /** Closes what is open. */
  async end(): Promise<void> {
    for (const storage of this.#opened) await storage.close();
  }

  random(): (below: number) => number {
    return drawing(this.seed);
  }

  /** Keeps values under names, of no tags. */
  async set(...pairs: readonly (readonly [name: string, value: unknown])[]): Promise<void> {
    await (await this.storage()).set(pairs.map(([name, value]) => row(name, value)));
  }

  /** The value under a name. */
  async value(name: string): Promise<unknown> {
    const [found] = await (await this.storage()).get([name]);
    return found?.row.value;
  }

  /** Throws unless each name has this value; `undefined` for none. */
  async has(when: string, ...pairs: readonly (readonly [name: string, value: unknown])[]): Promise<void> {
    const found = await (await this.storage()).get(pairs.map(([name]) => name));
    equal(`get ${when}: the length of the answer`, found.length, pairs.length);
    for (const [at, [name, value]] of pairs.entries()) {
      const one = found[at];
      if (one !== undefined) equal(`get ${when}: the name of the row`, one.row.name, name);
      equal(`get ${JSON.stringify(name.slice(0, 80))} ${when}`, one?.row.value, value);
    }
  }

  /** Throws unless walks in pages of at most `limit` list these names and no others, or nothing where that is not supported. */
  async lists(what: string, prefix: string, limit: number, wanted: readonly string[]): Promise<void> {
    if (this.#canList) return equal(what, [...new Set(await this.#walk(prefix, limit))].sort(), [...wanted].sort());
    const storage = await this.storage();
    equal(`${what}: the code of the error`, (await failure(what, () => storage.scan(prefix, limit))).code, "unsupported");
  }

  async #walk(prefix: string, limit: number): Promise<string[]> {
    const storage = await this.storage();
    const listed: string[] = [];
    let after: string | undefined;
    for (let pages = 0; pages < 100_000; pages++) {
      const page = await (after === undefined ? storage.scan(prefix, limit) : storage.scan(prefix, limit, after));
      holds(`scan with the limit ${limit}: expected at most that many names, got ${page.names.length}`, page.names.length <= limit);
      listed.push(...page.names);
      after = page.next;
      if (after === undefined) return listed;
    }
    throw new Error(`scan of ${JSON.stringify(prefix)}: expected an end, got 100,000 pages`);
  }
}

/** A row of this value that is fresh for ever. */
export function row(name: string, value: unknown, more: Partial<Row> = {}): Row {
  const times = { created: 1_700_000_000_000, freshFor: Infinity, revalidatesFor: 0, bridgesFor: 0, idleFor: Infinity };
  return { name, value, ...times, namespaceToken: token(0), tags: [], ...more };
}

/** A tag with tokens. */
export function tag(name: string, number: number): RowTag {
  return { name, remove: token(number), expire: token(number + 1) };
}

/** Another token for each number. */
export function token(number: number): Token {
  return number.toString(16).padStart(32, "0");
}

/** Throws unless the row is as it was set, apart from its value. */
export function sameRow(what: string, found: Found | undefined, wanted: Row): void {
  const { value: _, ...fields } = wanted;
  const { value: __, ...got } = found?.row ?? ({} as Row);
  equal(what, got, fields);
}

/** The error that a call is rejected with. */
export async function failure(what: string, call: () => Promise<unknown>): Promise<CachefnError> {
  try {
    await call();
  } catch (error) {
    // Another copy of the package has a class of its own.
    const isOurs = error instanceof CachefnError || (error as Error)?.name === "CachefnError";
    holds(`${what}: expected a CachefnError, got ${String(error)}`, isOurs);
    return error as CachefnError;
  }
  throw new Error(`${what}: expected an error, got none`);
}
