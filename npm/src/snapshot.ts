//! What `dehydrate` makes of a cache, for another one to `hydrate`.

/**
 * The fresh entries of a cache as plain JSON, from server rendering to the browser, say.
 *
 * @example
 * ```ts
 * await shared.set("user:7", user, { ttl: "5m", tags: ["users"] });
 * const snapshot: Snapshot = await shared.dehydrate();
 * const sent = JSON.stringify(snapshot);
 * const browser = createCache<User>({ name: "users", storage: memoryStorage() });
 * assert((await browser.hydrate(JSON.parse(sent))) === 1);
 * assert((await browser.get("user:7")).id === "7");
 * ```
 */
export interface Snapshot {
  readonly format: 1;
  /** When it was made, in milliseconds since 1970 UTC. */
  readonly made: number;
  readonly entries: readonly SnapshotEntry[];
}

/** An entry, with what it had left. All lengths are milliseconds; `null` for no end. */
export interface SnapshotEntry {
  readonly key: string;
  readonly value: unknown;
  readonly fresh: number | null;
  readonly idle: number | null;
  readonly revalidates: number | null;
  readonly bridges: number | null;
  readonly tags: readonly string[];
}
