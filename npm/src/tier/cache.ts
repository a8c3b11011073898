//! The asynchronous cache: how values are read, written and made.

import type { AsyncCache } from "../async-cache.js";
import type { AsyncFetchOptions } from "../async-options.js";
import { isKey, iterable, KEYS } from "../checks.js";
import type { FetchContext } from "../context.js";
import type { Engine } from "../engine/engine.js";
import { misconfigured } from "../errors.js";
import type { Key } from "../key.js";
import type { Fetcher } from "../loading.js";
import { NOTHING } from "../memory.js";
import { Fetching } from "./fetching.js";
import type { Terms } from "./opened.js";
import type { TierSettings } from "./options.js";
import { isFresh } from "./standing.js";
import { Tiers } from "./tiers.js";
import { WritableTiers } from "./writing.js";

type OwnFetcher = (key: Key, context: FetchContext<never>) => unknown;

/** {@link AsyncCache} over memory and a storage. */
export class TieredCache<V, G = V | undefined> extends WritableTiers<V> implements AsyncCache<V, G> {
  readonly #fetching: Fetching;
  readonly #fetcher: OwnFetcher | undefined;

  constructor(engine: Engine, settings: TierSettings) {
    super(new Tiers<V>(engine, settings));
    this.#fetching = new Fetching(this.tiers as Tiers);
    this.#fetcher = settings.memory.fetcher;
  }

  async get(key: Key): Promise<G> {
    if (this.#fetcher !== undefined) return this.getOrFetch(key) as G;
    // A hit in memory without a list of keys.
    const { memory, store, settings } = this.tiers;
    if (this.isReady && isKey(key) && settings.tier !== "storage" && store.find(String(key)) >= 0) return memory.get(String(key)) as G;
    return (await this.#read("get", [key]))[0] as G;
  }

  async getMany(keys: Iterable<Key>): Promise<G[]> {
    const list = [...iterable(keys, "getMany", "keys", KEYS)];
    if (this.#fetcher !== undefined) {
      await this.#bring(list);
      return Promise.all(list.map((key) => this.get(key)));
    }
    return (await this.#read("getMany", list)) as G[];
  }

  async peek(key: Key): Promise<V | undefined> {
    const [value] = await this.#glance("peek", key);
    return value;
  }

  async has(key: Key): Promise<boolean> {
    return (await this.#glance("has", key)).length > 0;
  }

  getOrFetch(key: Key, fetcher?: Fetcher, options?: AsyncFetchOptions): Promise<V> {
    // A hit in memory makes no promise of its own.
    const answer = isKey(key) && options?.tier === undefined ? this.recall(String(key)) : NOTHING;
    return answer === NOTHING ? this.#fetch(key, fetcher, options) : (answer as Promise<V>);
  }

  warm(keys: Iterable<Key>, fetcher: OwnFetcher | undefined = this.#fetcher): Promise<number> {
    return this.when("warm", async () => {
      if (typeof fetcher !== "function") throw misconfigured("warm", "there is no fetcher; give one, or one to the cache");
      const terms = this.terms(undefined, "warm");
      let made = 0;
      const loads = Array.from(iterable(keys, "warm", "keys", KEYS), (key) => {
        const text = this.text(key, "warm");
        const load = async (context: FetchContext<never>): Promise<unknown> => {
          const value = await fetcher(text, context);
          made++;
          return value;
        };
        return this.tiers.store.find(text) >= 0 ? undefined : this.fetch(text, load, terms);
      });
      for (const end of await Promise.allSettled(loads)) if (end.status === "rejected") throw end.reason;
      return made;
    });
  }

  /** What memory has, or {@link NOTHING}. */
  recall(text: string): unknown {
    return this.isReady && this.tiers.settings.tier !== "storage" ? this.tiers.memory.recall(text, true) : NOTHING;
  }

  /** What a memoised function gives that memory does not have. */
  async call(text: string, fetcher: Fetcher, tags: () => readonly string[]): Promise<V> {
    const { store, settings } = this.tiers;
    const load = (): Promise<V> => this.fetch(text, fetcher, { life: settings.memory.life, tags: tags(), tier: settings.tier, signal: undefined });
    return store.isClosed ? load() : this.when("getOrFetch", load);
  }

  /** A call without a key: it is not remembered. */
  unkeyable(call: () => Promise<unknown>): Promise<unknown> {
    this.tiers.memory.unkeyable();
    return call();
  }

  /** A value of any tier, or what `fetcher` makes. */
  fetch(text: string, fetcher: Fetcher, terms: Terms): Promise<V> {
    const answer = terms.tier === "storage" ? NOTHING : this.tiers.memory.recall(text, true);
    return (answer === NOTHING ? this.#fetching.load({ text, fetcher, ...terms }) : answer) as Promise<V>;
  }

  #fetch(key: Key, given: Fetcher | undefined, options: AsyncFetchOptions | undefined): Promise<V> {
    return this.when("getOrFetch", () => {
      const text = this.text(key, "getOrFetch");
      const own = this.#fetcher;
      const fetcher = given ?? (own && ((context: FetchContext<never>) => own(text, context)));
      if (typeof fetcher !== "function") throw misconfigured("getOrFetch", "there is no fetcher; give one, or one to the cache");
      return this.fetch(text, fetcher, this.terms(options, "getOrFetch"));
    });
  }

  /** What the tiers hold, counted; the storage is asked once for all that memory does not have. */
  #read(operation: string, keys: readonly Key[]): Promise<(V | undefined)[]> {
    return this.when(operation, async () => {
      const { memory, store, looks, outside, settings } = this.tiers;
      const texts = keys.map((key) => this.text(key, operation));
      const values = new Map<string, V | undefined>();
      const isThere = (text: string): boolean => settings.tier !== "storage" && store.find(text) >= 0;
      const missing = [...new Set(texts)].filter((text) => settings.tier !== "memory" && !isThere(text));
      for (const text of texts) if (!missing.includes(text)) values.set(text, memory.get(text));
      if (missing.length === 0) return texts.map((text) => values.get(text));
      for (const [at, look] of (await looks.look(operation, missing, settings.tier === "both")).entries()) {
        const text = missing[at] as string;
        const isHit = isFresh(look);
        outside.count(look);
        store.counters[isHit ? "hits" : "misses"]++;
        store.tell(isHit ? "hit" : "miss", text);
        if (isHit) values.set(text, look.row?.value as V);
      }
      store.deliver();
      return texts.map((text) => values.get(text));
    });
  }

  /** Brings what the storage has to memory, with one call, before each key is asked for. */
  #bring(keys: readonly Key[]): Promise<void> {
    return this.when("getMany", async () => {
      const { store, looks, settings } = this.tiers;
      const texts = keys.map((key) => this.text(key, "getMany"));
      const missing = [...new Set(texts)].filter((text) => store.find(text) < 0);
      if (missing.length < 2 || settings.tier !== "both") return;
      await looks.look("getMany", missing, true).catch(() => {}); // whoever asks for one of them is told
    });
  }

  /** The fresh value of any tier in a list, or an empty one; counts nothing and changes nothing. */
  #glance(operation: string, key: Key): Promise<[] | [V | undefined]> {
    return this.when(operation, async () => {
      const { memory, looks, settings } = this.tiers;
      const text = this.text(key, operation);
      if (settings.tier !== "storage" && memory.has(text)) return [memory.peek(text)];
      if (settings.tier === "memory") return [];
      const [look] = await looks.look(operation, [text], false);
      return isFresh(look) ? [look?.row?.value as V] : [];
    });
  }
}
