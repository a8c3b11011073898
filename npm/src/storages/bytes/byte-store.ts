//! What keeps bytes under names: all that a storage of records needs from a place.

import type { Page, Trouble } from "../../storage.js";

/**
 * A place for bytes, which `byteStorage` makes a storage of. Three methods are enough; they may return promises or not,
 * and whatever they throw is a failure of the storage. Names are Unicode texts: what is not has a hash as its name.
 *
 * @example
 * ```ts
 * const kept = new Map<string, Uint8Array>();
 * const store: ByteStore = {
 *   label: "map",
 *   get: (name) => kept.get(name),
 *   set: (name, bytes) => kept.set(name, bytes),
 *   delete: (name) => kept.delete(name),
 *   keys: (prefix) => [...kept.keys()].filter((name) => name.startsWith(prefix)),
 * };
 * const storage = byteStorage(store);
 * await storage.set([row]);
 * assert((await storage.get([row.name]))[0].row.value.name === "Ada" && kept.size === 1);
 * ```
 */
export interface ByteStore {
  /** What it is called in errors; `"bytes"` without. */
  readonly label?: string | undefined;
  /** The bytes under a name. */
  get(name: string): Awaitable<Uint8Array | null | undefined>;
  /** Keeps bytes instead of those that were there. */
  set(name: string, bytes: Uint8Array, keep: Keep): Awaitable<unknown>;
  /** Forgets a name; whether there was something. */
  delete(name: string): Awaitable<boolean>;
  /**
   * All names that begin so, or at most `limit` of them and where to go on, after what the last call returned as
   * `next`. Without this, patterns and walks are not supported.
   */
  keys?(prefix: string, limit: number, after: string | undefined): Awaitable<readonly string[] | Page>;
  /** The bytes under many names, in their order. */
  getMany?(names: readonly string[]): Awaitable<readonly (Uint8Array | null | undefined)[]>;
  /** Keeps many. No name comes twice. */
  setMany?(entries: readonly Put[]): Awaitable<unknown>;
  /** Forgets many names; under how many there was something. */
  deleteMany?(names: readonly string[]): Awaitable<number>;
  /** How many bytes of UTF-8 a name may have, 64 at least, or whether one is short enough: longer ones become a hash. */
  readonly maxName?: number | ((name: string) => boolean) | undefined;
  /** How many bytes there may be under a name: larger records are refused with the code `too-heavy`. */
  readonly maxRecord?: number | undefined;
  /** Whether reading takes no journey: then tokens are read together with their rows, and all rows at once at the start. */
  readonly isLocal?: boolean | undefined;
  /** What happens to the place without its being asked. */
  watch?(hear: (trouble: Trouble) => void): () => void;
  /** Lets go of connections. */
  close?(): Awaitable<unknown>;
}

/**
 * On what terms bytes are kept.
 *
 * @example
 * ```ts
 * const lives: number[] = [];
 * const set: ByteStore["set"] = (name, bytes, keep: Keep) => lives.push(keep.expiresInMs);
 * await byteStorage({ get: () => undefined, set, delete: () => false }).set([{ ...row, freshFor: 500, revalidatesFor: 0 }]);
 * expect(lives).toEqual([500]);
 * ```
 */
export interface Keep {
  /** How long they can be of use; `Infinity` for always. They may be forgotten afterwards, but need not. */
  readonly expiresInMs: number;
}

/**
 * One of many to keep.
 *
 * @example
 * ```ts
 * const kept = new Map<string, Uint8Array>();
 * const setMany = (puts: readonly Put[]) => puts.forEach(({ name, bytes }) => kept.set(name, bytes));
 * await byteStorage({ get: (name) => kept.get(name), set: () => {}, delete: () => false, setMany }).set([row]);
 * assert(kept.has(row.name));
 * ```
 */
export interface Put extends Keep {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/**
 * A value, or the promise of one.
 *
 * @example
 * ```ts
 * const both: Awaitable<number>[] = [7, Promise.resolve(7)];
 * expect(await Promise.all(both)).toEqual([7, 7]);
 * ```
 */
export type Awaitable<T> = T | PromiseLike<T>;
