//! How a function remembers in a storage what it returned.

import type { AsyncMemoizeOptions } from "../async-memoized.js";
import type { Engine } from "../engine/engine.js";
import { misconfigured } from "../errors.js";
import { argumentsText } from "../key.js";
import { likeOriginal, nameOf, type Plain, tagsOf } from "../memoize.js";
import { NOTHING } from "../memory.js";
import { TieredCache } from "./cache.js";
import { tierSettings } from "./options.js";

/** Makes `fn` remember in a storage. */
export function memoizeOver(engine: Engine, fn: Plain, options: AsyncMemoizeOptions<never>): unknown {
  const { id = fn.name, version } = options;
  const key = options.key as Plain | undefined;
  const operation = `memoize ${nameOf(fn, options)}`;
  if ((options as { readonly weakKeys?: unknown }).weakKeys === true) {
    throw misconfigured(operation, "weakKeys compares by what exists in this process only, which a storage outlives; use `key`");
  }
  const name = version === undefined || id === "" ? id : `${id}@${version}`;
  const cache = new TieredCache<unknown>(engine, tierSettings(options, name, operation, ["tags", "key", "weakKeys", "id", "version"], "id"));
  const tags = tagsOf(options.tags as Plain | undefined, operation);
  const textOf = (self: unknown, args: unknown[]): unknown => (key === undefined ? argumentsText(args) : key.apply(self, args));
  const { memoized } = {
    // A method, because it knows `this` and cannot be called with `new`.
    memoized(...args: unknown[]): Promise<unknown> {
      const call = async (): Promise<unknown> => fn.apply(this, args);
      let text: unknown;
      try {
        text = textOf(this, args);
      } catch (error) {
        if (key !== undefined) return Promise.reject(error);
      }
      if (typeof text !== "string" && typeof text !== "number") return cache.unkeyable(call);
      const answer = cache.recall(String(text));
      return answer === NOTHING ? cache.call(String(text), call, () => tags(this, args)) : (answer as Promise<unknown>);
    },
  };
  return likeOriginal(memoized, fn, cache, key ?? ((...args: unknown[]) => argumentsText(args, operation)));
}
