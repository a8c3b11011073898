//! The seam by which caches that share a storage tell each other what is not valid any more.

/** What is not valid any more. */
export type Invalidation =
  | { readonly kind: "keys"; readonly keys: readonly string[] }
  | { readonly kind: "tags"; readonly tags: readonly string[]; readonly mode: "remove" | "expire" }
  | { readonly kind: "patterns"; readonly patterns: readonly string[]; readonly mode: "remove" | "expire" }
  | { readonly kind: "everything" };

/** One invalidation. Never a value. */
export interface Message {
  /** Whose entries are meant. */
  readonly namespace: string;
  /** Who says so: random, one for each cache. */
  readonly origin: string;
  readonly what: Invalidation;
}

/** What a subscriber hears: a message, or that messages may have been missed since. */
export type Notice = { readonly kind: "message"; readonly message: Message } | { readonly kind: "missed" };

/** Carries invalidations between caches. Delivery may fail and may repeat. */
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
