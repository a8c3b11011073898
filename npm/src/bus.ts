//! The seam by which caches that share a storage tell each other what is not valid any more.

/**
 * What is not valid any more.
 *
 * @example
 * ```ts
 * const what: Invalidation = { kind: "tags", tags: ["eu"], mode: "remove" };
 * ```
 */
export type Invalidation =
  | { readonly kind: "keys"; readonly keys: readonly string[] }
  | { readonly kind: "tags"; readonly tags: readonly string[]; readonly mode: "remove" | "expire" }
  | { readonly kind: "patterns"; readonly patterns: readonly string[]; readonly mode: "remove" | "expire" }
  | { readonly kind: "everything" };

/**
 * One invalidation. Never a value.
 *
 * @example
 * ```ts
 * const message: Message = { namespace: "users", origin: "here", what: { kind: "keys", keys: ["7"] } };
 * ```
 */
export interface Message {
  /** Whose entries are meant. */
  readonly namespace: string;
  /** Who says so: random, one for each cache. */
  readonly origin: string;
  readonly what: Invalidation;
}

/**
 * What a subscriber hears: a message, or that messages may have been missed since.
 *
 * @example
 * ```ts
 * const bus = tabs();
 * let last: Notice | undefined;
 * const end = bus.subscribe((notice) => (last = notice));
 * bus.publish({ namespace: "users", origin: "here", what: { kind: "everything" } });
 * assert(last.message.namespace === "users");
 * end();
 * ```
 */
export type Notice = { readonly kind: "message"; readonly message: Message } | { readonly kind: "missed" };

/**
 * Carries invalidations between caches. Delivery may fail and may repeat.
 *
 * @example
 * ```ts
 * const hearers = new Set<(notice: Notice) => void>();
 * const bus: Bus = {
 *   publish: (message) => hearers.forEach((hear) => hear({ kind: "message", message })),
 *   subscribe(hear) {
 *     hearers.add(hear);
 *     return () => hearers.delete(hear);
 *   },
 * };
 * const storage = memoryStorage();
 * const [one, other] = [1, 2].map(() => createCache<string>({ name: "users", storage, bus }));
 * await one.set("7", "Ada");
 * await one.flush();
 * assert((await other.get("7")) === "Ada");
 * await one.delete("7");
 * assert((await other.get("7")) === undefined);
 * ```
 */
export interface Bus {
  /** Tells the others; the sender may hear its own message. Never throws. */
  publish(message: Message): void;
  /** Hands every notice to `hear`, until the returned function is called. */
  subscribe(hear: (notice: Notice) => void): () => void;
  /**
   * Runs `load` while nobody else of those who share the bus does for the same `name`, where that can be had.
   * Whoever waited looks into the storage before it loads.
   */
  alone?<T>(name: string, load: () => Promise<T>): Promise<T>;
}
