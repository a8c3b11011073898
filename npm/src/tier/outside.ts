//! The storage of one cache: what it is asked, and what its answers are worth.

import { CachefnError, show } from "../errors.js";
import type { Found, Row, RowTag, Storage, Token } from "../storage.js";
import { tokenNamesOf } from "../token-names.js";
import { draw, Space } from "./names.js";
import type { Tokens, Write } from "./queue.js";
import { isExpired, isFresh, isSkewed, isValid, type Left, leftOf } from "./standing.js";

/** What a name holds. */
export interface Look extends Write {
  /** What it has left; nothing for what comes from the future. What is dead is no row. */
  readonly left?: Left | undefined;
}

/** What is counted of a storage. */
export class OutsideCounters {
  storageHits = 0;
  storageMisses = 0;
  storageFailures = 0;
  decodeFailures = 0;
  skewed = 0;
  dropped = 0;
}

/** A storage, asked for the entries of one namespace. All times are those of the wall. */
export class Outside {
  readonly storage: Storage;
  readonly space: Space;
  counters = new OutsideCounters();
  readonly wallMs: () => number;
  /** The tokens that wait to be replaced: what they protect is not there any more. */
  replaced: ReadonlySet<string> = new Set();
  /** Told of every answer, and of every call that failed although it may succeed later. */
  heard: (isDown: boolean) => void = () => {};
  /** The token replacements under way: who reads tokens waits for them. */
  #replacing: Promise<unknown> | undefined;
  readonly #pausing = new Set<() => void>();

  constructor(storage: Storage, namespace: string, wallMs: () => number) {
    this.storage = storage;
    this.space = new Space(namespace);
    this.wallMs = wallMs;
  }

  /** Asks the storage, which may do anything but make this throw something else than our own error. */
  async ask<T>(operation: string, ask: (storage: Storage) => Promise<T>, key?: string): Promise<T> {
    try {
      const answer = await this.#try(operation, ask, key);
      this.heard(false);
      return answer;
    } catch (error) {
      if ((error as CachefnError).retryable) this.heard(true);
      throw error;
    }
  }

  async #try<T>(operation: string, ask: (storage: Storage) => Promise<T>, key?: string): Promise<T> {
    try {
      return await ask(this.storage);
    } catch (cause) {
      this.counters.storageFailures++;
      const code = cause instanceof CachefnError ? cause.code : "unavailable";
      const about = key === undefined ? "" : `${show(key)}: `;
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new CachefnError(code, operation, `${about}storage ${this.storage.label}: ${why}`, cause);
    }
  }

  /** Tries again at once whatever waits for that. */
  hurry(): void {
    for (const resolve of this.#pausing) resolve();
  }

  /** {@link ask}, and again when that may help. */
  async insist<T>(operation: string, ask: (storage: Storage) => Promise<T>): Promise<T> {
    for (const pause of PAUSES) {
      try {
        const answer = await this.#try(operation, ask);
        this.heard(false);
        return answer;
      } catch (error) {
        if (!(error as CachefnError).retryable) throw error;
        await this.#pause(pause);
      }
    }
    return this.ask(operation, ask);
  }

  /** What lies under names, in their order. */
  async read(operation: string, names: readonly string[]): Promise<Look[]> {
    await this.#replacing;
    const { replaced } = this;
    const found = await this.ask(operation, (storage) => storage.get(names), this.space.text(names[0] as string));
    return this.judge(operation, names.map((_, at) => found[at]), replaced);
  }

  /** What found rows are worth now, which were asked for when these tokens waited to be replaced. */
  async judge(operation: string, found: readonly (Found | undefined)[], replaced = this.replaced): Promise<Look[]> {
    const without = found.filter((one) => one !== undefined && one.tokens === undefined) as Found[];
    const names = [...new Set(without.flatMap(({ row }) => tokenNamesOf(row)))];
    const there = names.length === 0 ? [] : await this.ask(operation, (storage) => storage.tokens(names));
    const byName = new Map(names.map((name, at) => [name, there[at]]));
    return found.map((one) => {
      if (one === undefined) return {};
      const own = tokenNamesOf(one.row);
      const now = one.tokens ?? own.map((name) => byName.get(name));
      return this.#worth(one.row, replaced.size === 0 ? now : now.map((token, at) => (replaced.has(own[at] as string) ? undefined : token)));
    });
  }

  resetCounters(): void {
    this.counters = new OutsideCounters();
  }

  /** Counts what a read found here that memory missed. */
  count(look: Look): void {
    this.counters[isFresh(look) ? "storageHits" : "storageMisses"]++;
  }

  /** The tokens that protect a value from now on; those that are not there are made. `isDue`: in its turn of the queue. */
  start(operation: string, tags: readonly string[], isDue = false): Promise<Tokens> {
    const tokens = this.#start(operation, tags, isDue);
    tokens.catch(() => {}); // whoever writes the row hears of it
    return tokens;
  }

  async #start(operation: string, tags: readonly string[], isDue: boolean): Promise<Tokens> {
    const own = [...new Set(tags)];
    if (!isDue) await this.#replacing; // which may have its turn later only
    const names = this.space.tokens(own);
    if (names.some((name) => this.replaced.has(name))) {
      throw new CachefnError("unavailable", operation, `storage ${this.storage.label}: an invalidation waits for it, after which this would not be valid`);
    }
    const there = await this[isDue ? "insist" : "ask"](operation, (storage) => storage.createTokens(names.map((name) => [name, draw()] as const)));
    if (there.length !== names.length) throw new CachefnError("unavailable", operation, `storage ${this.storage.label}: it gave ${there.length} tokens for ${names.length}`);
    const [namespace, ...tokens] = there as Token[];
    const pairs = own.map((name, at): RowTag => ({ name, remove: tokens[2 * at] as Token, expire: tokens[2 * at + 1] as Token }));
    return { namespace: namespace as Token, tags: pairs };
  }

  /** Puts new tokens in the place of those under these names. */
  putTokens(operation: string, names: readonly string[]): Promise<void> {
    return this.insist(operation, (storage) => storage.replaceTokens(names.map((name) => [name, draw()] as const)));
  }

  /** {@link putTokens} when `turn` comes, which may let it wait. */
  replace(operation: string, names: readonly string[], turn: (act: () => Promise<void>) => Promise<void>): Promise<void> {
    const end = turn(() => this.putTokens(operation, names));
    const own: Promise<unknown> = end.catch(() => {}).then(() => {
      if (this.#replacing === own) this.#replacing = undefined;
    });
    this.#replacing = own;
    return end;
  }

  async #pause(ms: number): Promise<void> {
    let end = (): void => {};
    const paused = new Promise<void>((resolve) => {
      end = resolve;
    });
    this.#pausing.add(end);
    setTimeout(end, ms);
    await paused;
    this.#pausing.delete(end);
  }

  #worth(row: Row, tokens: readonly (Token | undefined)[]): Look {
    const now = this.wallMs();
    if (!isValid(row, tokens)) return {};
    if (isSkewed(row, now)) {
      this.counters.skewed++;
      return { row };
    }
    const left = leftOf(row, isExpired(row, tokens), now);
    return left === undefined ? {} : { row, left, tags: row.tags.map(({ name }) => name), tokens: { namespace: row.namespaceToken, tags: row.tags } };
  }
}

/** After so many milliseconds what failed is tried again. */
const PAUSES = [0, 100];
