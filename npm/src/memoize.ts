//! How a function remembers what it returned.

import type { Engine } from "./engine/engine.js";
import { CachefnError, misconfigured } from "./errors.js";
import { argumentsText, type Key } from "./key.js";
import { isAsync, isPromise } from "./loading.js";
import { TextCache } from "./memoize-cache.js";
import { isInteger, isOwnText, isPart, keyOfArguments, textOfKey } from "./memoize-key.js";
import type { AnyFunction, Memoized, MemoizeOptions } from "./memoized.js";
import { MemoryCache, NOTHING } from "./memory.js";
import { show, tagList } from "./checks.js";
import type { Life } from "./life.js";
import { settings } from "./options.js";

/** Makes `fn` remember, in a cache of its own. */
export function memoizeWith<F extends AnyFunction>(
  engine: Engine,
  fn: F,
  options: MemoizeOptions<F>,
): Memoized<F, Key> {
  if (typeof fn !== "function") throw misconfigured("memoize", `${show(fn)} is not a function`);
  const checked = settings(options, "memoize", ["tags", "key", "id", "version"]);
  const { key, id = fn.name, version = "" } = options;
  if (typeof id !== "string") throw misconfigured("memoize", `id is ${show(id)}; use a text`);
  const operation = `memoize ${id || "a function"}`;
  if (typeof version !== "string" && typeof version !== "number") {
    throw misconfigured(operation, `version is ${show(version)}; use a text or a number`);
  }
  if (key !== undefined && typeof key !== "function") {
    throw misconfigured(operation, `key is ${show(key)}; use a function`);
  }
  const memory = new MemoryCache<unknown>(engine, checked, key === undefined ? textOfKey : (own) => own as Key);
  const memo: Memo = {
    fn: fn as unknown as Plain,
    memory,
    life: checked.life,
    tagsOf: tagsOf(options.tags as Plain | readonly string[] | undefined, operation),
    keyOf: key === undefined ? (args) => keyOrNothing(args, memory) : (args) => (key as Plain)(...args),
    returnsPromises: isAsync(fn),
  };
  const memoized = key === undefined ? rememberByValue(memo) : rememberByKey(memo);
  return Object.defineProperties(memoized, {
    name: { value: fn.name, configurable: true },
    length: { value: fn.length, configurable: true },
    cache: { value: key === undefined ? new TextCache(memory) : memory, enumerable: true },
    key: { value: key ?? ((...args: unknown[]) => argumentsText(args)), enumerable: true },
    uncached: { value: fn, enumerable: true },
  }) as unknown as Memoized<F, Key>;
}

type Plain = (this: unknown, ...args: unknown[]) => unknown;

/** A function and what it remembers. */
interface Memo {
  readonly fn: Plain;
  readonly memory: MemoryCache<unknown>;
  readonly life: Life;
  readonly tagsOf: (args: unknown[]) => readonly string[];
  /** The key of a list of arguments, or {@link NOTHING}. */
  readonly keyOf: (args: unknown[]) => unknown;
  /** Whether the function is known to, so that a value put into its cache by hand comes out as one. */
  returnsPromises: boolean;
}

/** A hit by one text, one integer or a pair of them makes no key, so that nothing is allocated. */
function rememberByValue(memo: Memo): Plain {
  const { memory } = memo;
  const remember = rememberByKey(memo);
  return function (this: unknown, first?: unknown, second?: unknown): unknown {
    let answer: unknown = NOTHING;
    if (arguments.length === 1) {
      if (isInteger(first) || isOwnText(first)) answer = memory.recall(first, memo.returnsPromises);
    } else if (arguments.length === 2 && isPart(first) && isPart(second)) {
      answer = memory.recallPair(first, second, memo.returnsPromises);
    }
    return answer === NOTHING ? remember.apply(this, arguments as unknown as unknown[]) : answer;
  };
}

function rememberByKey(memo: Memo): Plain {
  const { fn, memory } = memo;
  return function (this: unknown, ...args: unknown[]): unknown {
    const key = memo.keyOf(args);
    if (key === NOTHING) return fn.apply(this, args);
    const answer = memory.recall(key, memo.returnsPromises);
    if (answer !== NOTHING) return answer;
    const result = memory.load(key, () => fn.apply(this, args), memo.life, memo.tagsOf(args));
    if (isPromise(result)) memo.returnsPromises = true;
    return result;
  };
}

/** {@link NOTHING} for arguments that cannot be told apart: then the function runs, and an event says so. */
function keyOrNothing(args: unknown[], memory: MemoryCache<unknown>): unknown {
  try {
    return keyOfArguments(args);
  } catch (error) {
    if (!(error instanceof CachefnError)) throw error;
    memory.unkeyable();
    return NOTHING;
  }
}

function tagsOf(tags: Plain | readonly string[] | undefined, operation: string): Memo["tagsOf"] {
  if (typeof tags === "function") return (args) => tagList(tags(...args) as readonly string[], operation);
  const fixed = tagList(tags, operation);
  return () => fixed;
}
