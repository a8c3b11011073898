//! A storage whose calls are written down, held back, refused or answered falsely, as a test says.

import { CachefnError } from "../../src/index.js";
import { withTier } from "../../src/index.storage.js";
import type { CacheStorage, Storage } from "../../src/storage.js";
import { plainMemoryStorage } from "../../src/storages/memory.js";

type Method = "get" | "set" | "delete" | "tokens" | "createTokens" | "replaceTokens" | "scan" | "close";

/** What happens to a call: it may wait, fail before, or fail after it has happened. */
export type Fate = "passes" | "fails" | "answer lost";

/** Stands before a storage in memory. */
export class Stage {
  /** The methods that were called, in order. */
  readonly calls: string[] = [];
  readonly inner: Storage;
  readonly storage: CacheStorage;
  /** Decides of every call; by default all pass. */
  fate: (method: Method) => Fate | Promise<Fate> = () => "passes";
  readonly #held = new Map<Method, Promise<void>>();

  constructor(options: { readonly tokens?: boolean; readonly loads?: boolean; readonly purges?: boolean; readonly inner?: Storage } = {}) {
    const { inner = plainMemoryStorage() } = options;
    this.inner = inner;
    const through = <M extends Method>(method: M): Storage[M] =>
      (async (...args: never[]) => {
        this.calls.push(method);
        await this.#held.get(method);
        const fate = await this.fate(method);
        if (fate === "fails") throw new CachefnError("unavailable", method, "it is said to fail");
        const answer = await (inner[method] as (...args: never[]) => Promise<unknown>)(...args);
        if (fate === "answer lost") throw new CachefnError("unavailable", method, "its answer is said to be lost");
        return answer;
      }) as unknown as Storage[M];
    const get = through("get");
    this.storage = withTier({
      label: "stage",
      get: options.tokens === false ? async (names) => (await get(names)).map((found) => found && { row: found.row }) : get,
      set: through("set"),
      delete: through("delete"),
      tokens: through("tokens"),
      createTokens: through("createTokens"),
      replaceTokens: through("replaceTokens"),
      scan: through("scan"),
      close: through("close"),
      ...(options.purges ? { purge: inner.purge as NonNullable<Storage["purge"]> } : {}),
      ...(options.loads ? { load: inner.load as NonNullable<Storage["load"]> } : {}),
    });
  }

  /** Lets calls of a method wait until the returned function is called. */
  hold(method: Method): () => void {
    let release = (): void => {};
    this.#held.set(method, new Promise((resolve) => (release = resolve)));
    return () => {
      this.#held.delete(method);
      release();
    };
  }

  /** Lets the next calls of a method have this fate. */
  next(method: Method, times = 1, fate: Fate = "fails"): void {
    let left = times;
    this.fate = (called) => (called === method && left-- > 0 ? fate : "passes");
  }

  /** Lets every call fail, or none. */
  down(isDown = true): void {
    this.fate = () => (isDown ? "fails" : "passes");
  }

  /** What lies under a name. */
  async value(name: string): Promise<unknown> {
    const [found] = await this.inner.get([name]);
    return found?.row.value;
  }
}

/** Everything that is ready to happen has happened. */
export async function idle(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await nextTask();
}

/** SplitMix32: enough randomness for tests, seeded. */
export function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) % below;
  };
}

/** Sooner than by a timer, which browsers hold back. */
function nextTask(): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}
