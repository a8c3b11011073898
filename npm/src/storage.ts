//! The seam to whatever keeps entries outside the process.

/**
 * 128 random bits as 32 hexadecimal digits: what a tag or a namespace is compared by, never used again.
 *
 * @example
 * ```ts
 * const storage = memoryStorage();
 * const token: Token = "0123456789abcdef0123456789abcdef";
 * await storage.createTokens([["%n:users", token]]);
 * assert((await storage.tokens(["%n:users"]))[0] === token);
 * ```
 */
export type Token = string;

/**
 * What is kept of an entry. All times are milliseconds; `Infinity` for no end.
 *
 * A storage may keep it as it is (structured clone), or as the bytes of a record.
 *
 * @example
 * ```ts
 * const storage = memoryStorage();
 * const users = createCache<{ name: string }>({ name: "users", storage, ttl: "1m" });
 * await users.set("7", { name: "Ada" }, { tags: ["eu"] });
 * await users.flush();
 * const [found] = await storage.get(["users:7"]);
 * const row: Row = found.row;
 * assert(row.freshFor === 60_000 && row.value.name === "Ada" && row.tags[0].name === "eu");
 * ```
 */
export interface Row {
  /** The full name, `{namespace}:{key}`. */
  readonly name: string;
  readonly value: unknown;
  /** When it was made, since 1970 UTC. */
  readonly created: number;
  /** How long after that it is fresh. */
  readonly freshFor: number;
  /** How long after it was fresh it may be returned while another is fetched. */
  readonly revalidatesFor: number;
  /** How long after it was fresh it may be returned when the fetcher fails. */
  readonly bridgesFor: number;
  /** How long it may lie in memory without a hit. */
  readonly idleFor: number;
  /** The token of its namespace when the load of the value began. */
  readonly namespaceToken: Token;
  readonly tags: readonly RowTag[];
}

/**
 * A tag of an entry, with the tokens that it had when the load of the value began.
 *
 * @example
 * ```ts
 * const tag: RowTag = { name: "eu", remove: "11".repeat(16), expire: "22".repeat(16) };
 * ```
 */
export interface RowTag {
  readonly name: string;
  /** With another one the entry is dead. */
  readonly remove: Token;
  /** With another one the entry is stale. */
  readonly expire: Token;
}

/**
 * What a storage found under a name.
 *
 * @example
 * ```ts
 * const storage = memoryStorage();
 * await shared.set("a", 1);
 * const found: Found | undefined = (await storage.get(["shared:a"]))[0];
 * assert(found === undefined); // the cache keeps it elsewhere
 * ```
 */
export interface Found {
  readonly row: Row;
  /**
   * The tokens that are there now of the row's namespace and of its tags (remove and expire of each), in this
   * order, where the storage can read them together with the row.
   */
  readonly tokens?: readonly (Token | undefined)[] | undefined;
}

/**
 * A token and the name under which it lies.
 *
 * @example
 * ```ts
 * const named: Named = ["%n:users", "00".repeat(16)];
 * await memoryStorage().replaceTokens([named]);
 * ```
 */
export type Named = readonly [name: string, token: Token];

/**
 * One step of a walk over names.
 *
 * @example
 * ```ts
 * const page: Page = await memoryStorage().scan("users:", 100);
 * assert(page.names.length === 0 && page.next === undefined);
 * ```
 */
export interface Page {
  readonly names: readonly string[];
  /** Where the walk goes on; `undefined` at its end. */
  readonly next: string | undefined;
}

/**
 * What a storage reports without being asked.
 *
 * @example
 * ```ts
 * const told: Trouble[] = [];
 * const end = memoryStorage().watch?.((trouble) => told.push(trouble));
 * end?.();
 * ```
 */
export interface Trouble {
  /** `unavailable`: memory alone serves from now on; `corrupt`: a row could not be read, and counts as none. */
  readonly code: "unavailable" | "corrupt";
  readonly name?: string | undefined;
  readonly cause?: unknown;
}

/**
 * Keeps rows and tokens under names. It forgets, but never judges: freshness, tags, fencing and retries are
 * the cache's. A write whose promise is fulfilled is seen by every later read; a rejected one may have
 * happened or not. Promises are rejected with a `CachefnError`; nothing throws. It opens by itself when it is
 * first asked, and again when its connection was lost.
 *
 * @example
 * ```ts
 * const storage: Storage = plainStorage();
 * const [none] = await storage.get(["users:7"]);
 * assert(none === undefined);
 * assert((await storage.delete(["users:7"])) === 0);
 * ```
 */
export interface Storage {
  /** What it is called in errors, such as `"indexeddb"`. */
  readonly label: string;
  /** The rows under these names, in their order, with their tokens, in one transaction where there are any. */
  get(names: readonly string[]): Promise<readonly (Found | undefined)[]>;
  /** Keeps rows, each instead of the one under its name, all or none where there are transactions. */
  set(rows: readonly Row[]): Promise<void>;
  /** Forgets names; how many had a row. */
  delete(names: readonly string[]): Promise<number>;
  /** The tokens under these names, in their order. */
  tokens(names: readonly string[]): Promise<readonly (Token | undefined)[]>;
  /** Keeps each token if none is under its name; the tokens that are there then. No name comes twice. */
  createTokens(tokens: readonly Named[]): Promise<readonly Token[]>;
  /** Keeps tokens instead of those that were there. */
  replaceTokens(tokens: readonly Named[]): Promise<void>;
  /** Some names of rows that begin with `prefix`, each at least once over a whole walk; `after` is a `next`. */
  scan(prefix: string, limit: number, after?: string): Promise<Page>;
  /** All rows whose names begin with `prefix`, by one bulk read, or `undefined` when there are more than `most`. */
  load?(prefix: string, most: number): Promise<readonly Found[] | undefined>;
  /**
   * Forgets rows whose names begin with `prefix` and that are dead by their times at `now`; how many. One that reads
   * tokens together with rows may forget those, too, whose namespace or tags have other ones: the cache does it otherwise.
   */
  purge?(prefix: string, now: number): Promise<number>;
  /** Hears what happens to the storage without its being asked, until the returned function is called. */
  watch?(hear: (trouble: Trouble) => void): () => void;
  /** Lets go of connections. */
  close(): Promise<void>;
}

/**
 * What `createCache` and `memoize` take as `storage`: a storage, and the asynchronous cache over one.
 *
 * @example
 * ```ts
 * const storage: CacheStorage = memoryStorage();
 * const users = createCache<string>({ name: "users", storage });
 * await users.set("7", "Ada");
 * assert((await users.get("7")) === "Ada");
 * ```
 */
export interface CacheStorage extends Storage {
  /** Of no use to anybody but this package: thus only those who have a storage load the code for it. */
  readonly "~tier": unknown;
}
