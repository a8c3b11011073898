//! What a memoised function gave to components for one list of arguments, and whether that is still so.

import type { EventKind, Listener } from "../events.js";
import type { Key } from "../key.js";

/** What this needs of a memoised function, whose cache may answer at once or by promises. */
export interface Source {
  (...args: never[]): unknown;
  key(...args: never[]): Key;
  readonly cache: {
    has(key: Key): boolean | PromiseLike<boolean>;
    peek(key: Key): unknown;
    on(event: EventKind, listener: Listener): void;
    off(event: EventKind, listener: Listener): void;
  };
}

/** What components see; another object whenever that changes. */
export type Seen =
  | { readonly status: "pending"; readonly promise: Promise<unknown> }
  | { readonly status: "ready"; readonly value: unknown }
  | { readonly status: "failed"; readonly error: unknown };

/** One list of arguments. */
export class Resource {
  seen!: Seen;
  readonly #source: Source;
  readonly #args: never[];
  readonly #key: Key;
  readonly #changed = new Set<() => void>();
  #isLoading = false;
  #settled = 0;

  constructor(source: Source, args: never[], key: Key) {
    this.#source = source;
    this.#args = args;
    this.#key = key;
    this.load();
  }

  /** Whether what is seen is true for a component that appears now. */
  get isCurrent(): boolean {
    return this.isUsed || this.seen.status === "pending" || Date.now() - this.#settled < KEPT;
  }

  get isUsed(): boolean {
    return this.#changed.size > 0;
  }

  /** Calls `changed` whenever another thing is seen, until the returned function is called. */
  subscribe(changed: () => void): () => void {
    const { cache } = this.#source;
    if (!this.isUsed) for (const kind of TELLING) cache.on(kind, this.#hear);
    this.#changed.add(changed);
    return () => {
      this.#changed.delete(changed);
      if (!this.isUsed) for (const kind of TELLING) cache.off(kind, this.#hear);
    };
  }

  /** Calls the function; meanwhile what was seen before is seen still. */
  load(): void {
    if (this.#isLoading) return;
    this.#isLoading = true;
    const settle = (seen: Seen): void => {
      this.#isLoading = false;
      this.#settled = Date.now();
      this.#see(seen);
    };
    const fail = (error: unknown): void => settle({ status: "failed", error });
    try {
      const answer = this.#source(...this.#args);
      if (!isPromise(answer)) return settle({ status: "ready", value: answer });
      const promise = Promise.resolve(answer).then((value) => settle({ status: "ready", value }), fail);
      if (this.seen?.status !== "ready") this.#see({ status: "pending", promise });
    } catch (error) {
      fail(error);
    }
  }

  /** Loads anew what the cache does not have any more. */
  readonly check = async (): Promise<void> => {
    if (this.#isLoading || Date.now() - this.#settled < KEPT) return;
    await this.#compare();
  };

  readonly #hear: Listener = ({ key }) => {
    if (!this.#isLoading && (key === undefined || key === this.#key)) void this.#compare();
  };

  /** Sees what the cache has; what it cannot tell leaves things as they are. */
  async #compare(): Promise<void> {
    const { cache } = this.#source;
    try {
      const has = await cache.has(this.#key);
      const value = await cache.peek(this.#key);
      if (this.#isLoading || !this.isUsed) return;
      if (!has) this.load();
      else if (this.seen.status !== "ready" || !Object.is(this.seen.value, value)) this.#see({ status: "ready", value });
    } catch {
      // A closed cache, or a storage that is away.
    }
  }

  #see(seen: Seen): void {
    const { seen: before } = this;
    if (before?.status === "ready" && seen.status === "ready" && Object.is(before.value, seen.value)) return;
    this.seen = seen;
    for (const changed of [...this.#changed]) changed();
  }
}

/** The resource of a list of arguments. */
export function resourceOf(source: Source, args: never[]): Resource {
  let resources = sources.get(source);
  if (resources === undefined) sources.set(source, (resources = new Map()));
  const key = source.key(...args);
  const there = resources.get(key);
  if (there?.isCurrent) return there;
  for (const [key, { isUsed }] of resources) {
    if (resources.size < MOST_UNUSED) break;
    if (!isUsed) resources.delete(key);
  }
  const resource = new Resource(source, args, key);
  resources.set(key, resource);
  return resource;
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === "function";
}

const sources = new WeakMap<Source, Map<Key, Resource>>();

/** For so many milliseconds a result is kept for the component that caused it and has not appeared yet. */
const KEPT = 1000;

/** So many results are kept of components that never appeared. */
const MOST_UNUSED = 100;

/** Events after which the cache may have something else. */
const TELLING: readonly EventKind[] = ["set", "delete", "expire", "invalidate"];
