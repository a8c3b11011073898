//! Bytes in a driver of unstorage.

import { base64Of } from "../records/base64.js";
import type { Awaitable, ByteStore, Keep } from "./bytes/byte-store.js";
import { inTurn } from "./bytes/turns.js";
import { nameOfSafe, safeName } from "./safe-names.js";
import { bytesOfValue } from "./text-values.js";

/**
 * What a driver of unstorage can do, as far as it is needed; its storages can do it, too.
 *
 * @example
 * ```ts
 * const readOnly: UnstorageDriver = { hasItem: () => false, getItem: () => null, getKeys: () => [] };
 * assert((await unstorage(readOnly).get(["users:7"]))[0] === undefined);
 * ```
 */
export interface UnstorageDriver {
  hasItem(key: string, options: object): Awaitable<boolean>;
  getItem(key: string, options?: object): Awaitable<unknown>;
  setItem?(key: string, value: string, options: object): Awaitable<void>;
  getItemRaw?(key: string, options: object): Awaitable<unknown>;
  setItemRaw?(key: string, value: Uint8Array, options: object): Awaitable<void>;
  removeItem?(key: string, options: object): Awaitable<void>;
  getKeys(base: string, options: object): Awaitable<string[]>;
  dispose?(): Awaitable<void>;
}

/** One item under `cachefn:` and a name without anything that a driver might take for its own. */
export class UnstorageStore implements ByteStore {
  readonly label = "unstorage";
  readonly #driver: UnstorageDriver;

  constructor(driver: UnstorageDriver) {
    this.#driver = driver;
  }

  /** As long as file systems take them. */
  readonly maxName = (name: string): boolean => name.length <= LONGEST && safeName(name).length <= LONGEST;

  // Drivers over files write in place: who reads meanwhile would see a half of it.
  get(name: string): Promise<Uint8Array | undefined> {
    const [driver, key] = [this.#driver, keyOf(name)];
    return inTurn(driver, async () => bytesOfValue(await (this.#isRaw ? driver.getItemRaw?.(key, {}) : driver.getItem(key, {}))), key);
  }

  set(name: string, bytes: Uint8Array, { expiresInMs }: Keep): Promise<void> {
    const [driver, key] = [this.#driver, keyOf(name)];
    // In seconds, for drivers that look at it; some refuse less than a minute. Records have times of their own.
    const options = expiresInMs === Number.POSITIVE_INFINITY ? {} : { ttl: Math.max(Math.ceil(expiresInMs / 1000), 60) };
    return inTurn(
      driver,
      () => {
        if (this.#isRaw) return driver.setItemRaw?.(key, bytes, options);
        if (driver.setItem === undefined) throw new Error("the driver only reads");
        return driver.setItem(key, base64Of(bytes), options);
      },
      key,
    );
  }

  delete(name: string): Promise<boolean> {
    const [driver, key] = [this.#driver, keyOf(name)];
    return inTurn(
      driver,
      async () => {
        const wasThere = await driver.hasItem(key, {});
        if (wasThere && driver.removeItem === undefined) throw new Error("the driver only reads");
        if (wasThere) await driver.removeItem?.(key, {});
        return wasThere;
      },
      key,
    );
  }

  async keys(prefix: string): Promise<string[]> {
    const keys = await this.#driver.getKeys(BASE, {});
    // Drivers over files list paths.
    const names = keys.flatMap((key) => (/^cachefn[:/\\]/.test(key) ? (nameOfSafe(key.slice(BASE.length)) ?? []) : []));
    return names.filter((name) => name.startsWith(prefix));
  }

  async close(): Promise<void> {
    await this.#driver.dispose?.();
  }

  /** Whether it keeps bytes as they are; otherwise it is given text. */
  get #isRaw(): boolean {
    return this.#driver.getItemRaw !== undefined && this.#driver.setItemRaw !== undefined;
  }
}

function keyOf(name: string): string {
  return BASE + safeName(name);
}

const BASE = "cachefn:";
/** In characters: file systems take 255. */
const LONGEST = 200;
