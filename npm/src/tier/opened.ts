//! What every operation of an asynchronous cache begins with.

import { entryLife, type Life } from "../life.js";
import type { AsyncFetchOptions, Tier } from "../async-options.js";
import { tagList } from "../checks.js";
import type { Found } from "../storage.js";
import type { Look } from "./outside.js";
import { checkTier } from "./options.js";
import type { Tiers } from "./tiers.js";

/** Checked terms of an entry. */
export interface Terms {
  readonly life: Life;
  readonly tags: readonly string[];
  readonly tier: Tier;
  readonly signal: AbortSignal | undefined;
}

/** A cache that reads at its first use what its storage has. */
export class Opened<V> {
  protected readonly tiers: Tiers<V>;
  /** What operations wait for; nothing once it is there. */
  protected booting: Promise<void> | undefined;
  #isBegun: boolean;
  /** Whether something was removed meanwhile. */
  protected isOvertaken = false;

  constructor(tiers: Tiers<V>) {
    this.tiers = tiers;
    this.#isBegun = tiers.settings.isLazy || tiers.settings.storage.load === undefined;
  }

  /** Whether nothing has to be waited for. */
  protected get isReady(): boolean {
    return this.#isBegun && this.booting === undefined;
  }

  /** Does an operation: at once, unless the storage is read first. */
  protected async when<T>(operation: string, act: () => T | Promise<T>): Promise<T> {
    const booting = this.enter(operation);
    if (booting !== undefined) {
      await booting;
      this.tiers.store.checkOpen(operation);
    }
    return act();
  }

  /** Lets an operation begin. */
  protected enter(operation: string): Promise<void> | undefined {
    this.tiers.store.checkOpen(operation);
    if (!this.#isBegun) {
      this.#isBegun = true;
      this.booting = this.#boot().finally(() => {
        this.booting = undefined;
      });
    }
    return this.booting;
  }

  /** The text of a key: in an asynchronous cache `7` and `"7"` are one. */
  protected text(key: unknown, operation: string): string {
    this.tiers.store.checkUse(operation, key);
    return String(key);
  }

  /** What the options of an entry say. */
  protected terms(options: AsyncFetchOptions | undefined, operation: string): Terms {
    const { tier = this.tiers.settings.tier, ...others } = options ?? {};
    checkTier(tier, operation);
    const life = entryLife(options && others, this.tiers.settings.memory.life, operation);
    return { life, tags: tagList(others.tags, operation), tier, signal: others.signal as AbortSignal | undefined };
  }

  async #boot(): Promise<void> {
    const { outside, settings, looks, store } = this.tiers;
    const most = settings.memory.maxEntries || 10_000;
    try {
      const load = (): Promise<readonly Found[] | undefined> => settings.storage.load?.(outside.space.prefix, most) as Promise<readonly Found[] | undefined>;
      const found = await outside.ask("load", load);
      const all: Look[] = found === undefined ? [] : await outside.judge("load", found);
      if (this.isOvertaken || found === undefined) return;
      for (const { row, left, tags } of all) if (row && left) looks.promote(outside.space.text(row.name), row, left, tags);
      store.deliver();
    } catch (error) {
      this.tiers.tellFailure(undefined, error); // every entry is looked for when it is asked for
    }
  }
}
