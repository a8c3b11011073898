//! Bytes as responses in a `Cache` of the platform.

import { checkMethods } from "./bytes/in-store.js";
import type { ByteStore, Keep } from "./bytes/byte-store.js";

/**
 * What a `Cache` of a platform can do, as far as it is needed.
 *
 * @example
 * ```ts browser
 * const cache: CacheLike = await caches.open("mine");
 * assert(cacheAPI({ cache }).label === "cache-api");
 * ```
 */
export interface CacheLike {
  match(address: string): Promise<{ arrayBuffer(): Promise<ArrayBuffer> } | undefined>;
  put(address: string, response: object): Promise<void>;
  delete(address: string): Promise<boolean>;
  keys?(): Promise<readonly { readonly url: string }[]>;
}

/** Such a cache, or what gives one when it is first needed. */
export type CacheSource = CacheLike | (() => CacheLike | Promise<CacheLike>);

/** One response under the address of each name. */
export class CacheStore implements ByteStore {
  readonly label = "cache-api";
  readonly #source: CacheSource;
  #opened: Promise<CacheLike> | undefined;
  readonly keys?: (prefix: string) => Promise<string[]>;

  constructor(source: CacheSource, lists: boolean) {
    this.#source = source;
    if (lists) this.keys = (prefix) => this.#keys(prefix);
  }

  async get(name: string): Promise<Uint8Array | undefined> {
    const response = await (await this.#cache()).match(addressOf(name));
    return response === undefined ? undefined : new Uint8Array(await response.arrayBuffer());
  }

  async set(name: string, bytes: Uint8Array, { expiresInMs }: Keep): Promise<void> {
    // Browsers ignore the age; edge workers keep nothing without one. Records have times of their own.
    const seconds = Math.min(Math.max(Math.ceil(expiresInMs / 1000), 60), LONGEST);
    const headers = { "content-type": "application/octet-stream", "cache-control": `public, max-age=${seconds}` };
    await (await this.#cache()).put(addressOf(name), new Response(bytes as Uint8Array<ArrayBuffer>, { headers }));
  }

  async delete(name: string): Promise<boolean> {
    return (await this.#cache()).delete(addressOf(name));
  }

  async #keys(prefix: string): Promise<string[]> {
    const requests = (await (await this.#cache()).keys?.()) ?? [];
    return requests.flatMap(({ url }) => nameOf(url) ?? []).filter((name) => name.startsWith(prefix));
  }

  async #cache(): Promise<CacheLike> {
    const source = this.#source;
    const opened = (this.#opened ??= Promise.resolve(typeof source === "function" ? source() : source));
    try {
      const cache = await opened;
      checkMethods(cache, ["match", "put", "delete"], "cacheAPI", "the cache");
      return cache;
    } catch (error) {
      this.#opened = undefined; // it may be there the next time
      throw error;
    }
  }
}

/** Nobody can register such a host: RFC 2606. */
function addressOf(name: string): string {
  return ORIGIN + encodeURIComponent(name);
}

function nameOf(address: string): string | undefined {
  if (!address.startsWith(ORIGIN)) return undefined;
  try {
    return decodeURIComponent(address.slice(ORIGIN.length));
  } catch {
    return undefined; // of somebody else
  }
}

const ORIGIN = "https://cachefn.invalid/?";

/** A year, in seconds: longer ages are not looked at. */
const LONGEST = 31_536_000;
