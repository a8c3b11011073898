//! How a function remembers what it returned.

import { Arguments } from "./arguments.js";
import { checkFunction, tagList } from "./checks.js";
import type { Engine } from "./engine/engine.js";
import { misconfigured, show } from "./errors.js";
import { argumentsText, type Key } from "./key.js";
import type { Life } from "./life.js";
import { isAsync } from "./loading.js";
import { TextCache } from "./memoize-cache.js";
import { isOwn, isPart, keyOfArguments, keyOfText, textOfKey } from "./memoize-key.js";
import { canBeWeak, References, WeakTable } from "./memoize-weak.js";
import type { Callable, Memoized, MemoizeOptions } from "./memoized.js";
import { MemoryCache, NOTHING } from "./memory.js";
import { settings } from "./options.js";
import { tierOf } from "./tier-of.js";

/** Makes `fn` remember, in a cache of its own. */
export function memoizeWith<F extends Callable>(
  engine: Engine,
  fn: F,
  options: MemoizeOptions<F>,
): Memoized<F, Key> {
  if (typeof fn !== "function") throw misconfigured("memoize", `${show(fn)} is not a function`);
  const operation = `memoize ${nameOf(fn, options)}`;
  const open = tierOf(options, operation);
  const checked = open ? undefined : settings(options, operation, ["tags", "key", "weakKeys", "id", "version"]);
  const { key, weakKeys = false, id = "", version = "" } = options;
  if (typeof id !== "string") throw misconfigured(operation, `id is ${show(id)}; use a text`);
  checkKind(fn, operation);
  if (typeof version !== "string" && typeof version !== "number") {
    throw misconfigured(operation, `version is ${show(version)}; use a text or a number`);
  }
  checkFunction(key, operation, "key");
  if (checked === undefined) return open?.(engine, options as never, fn) as Memoized<F, Key>;
  if (typeof weakKeys !== "boolean" || (weakKeys && key !== undefined)) {
    throw misconfigured(operation, `weakKeys is ${show(weakKeys)}; use true or false, and without \`key\``);
  }
  const byValue = key === undefined;
  const Kind = weakKeys && canBeWeak() ? WeakTable : undefined;
  const memory = new MemoryCache<unknown, unknown>(engine, checked, byValue ? textOfKey : asItIs, Kind);
  const references = weakKeys ? new References((slots) => memory.forget(slots)) : undefined;
  const memo: Memo = {
    fn: fn as unknown as Plain,
    memory,
    life: checked.life,
    tagsOf: tagsOf(options.tags as Plain | readonly string[] | undefined, operation),
    references,
    returnsPromises: isAsync(fn),
  };
  const inArguments = (args: unknown[]): ArrayLike<unknown> => references?.in(args) ?? args;
  const keyOf = (text: string): unknown => keyOfText(text, references && ((id) => references.find(id)));
  const memoized = byValue ? rememberByValue(memo) : rememberByKey(memo, key as Plain);
  const cache = byValue ? new TextCache(memory, keyOf) : memory;
  const keyOfArgs = key ?? ((...args: unknown[]): Key => argumentsText(inArguments(args), operation));
  return likeOriginal(memoized, fn, cache, keyOfArgs) as Memoized<F, Key>;
}

/** Gives a function what the one has that it stands for, and what a memoised one has beside that. */
export function likeOriginal(memoized: Plain, fn: Callable, cache: unknown, key: Callable): unknown {
  return Object.defineProperties(memoized, {
    ...ownProperties(fn),
    name: { value: fn.name, configurable: true },
    length: { value: fn.length, configurable: true },
    cache: { value: cache, enumerable: true },
    key: { value: key, enumerable: true },
    uncached: { value: fn, enumerable: true },
  });
}

/** What errors call a function. */
export function nameOf(fn: Callable, options: { readonly id?: unknown }): string {
  const id: unknown = options?.id;
  return (typeof id === "string" ? id : fn.name) || "a function";
}

/** Refuses functions whose results would be of no use to a second caller. */
function checkKind(fn: Callable, operation: string): void {
  if (/Generator/.test(Object.prototype.toString.call(fn))) {
    throw misconfigured(operation, "what a generator gives can be read only once; return a list");
  }
  if (/^class\b/.test(Function.prototype.toString.call(fn))) {
    throw misconfigured(operation, "a class cannot be called; use a function that makes one");
  }
}

export type Plain = (this: unknown, ...args: unknown[]) => unknown;

/** A function and what it remembers. */
interface Memo {
  readonly fn: Plain;
  readonly memory: MemoryCache<unknown>;
  readonly life: Life;
  readonly tagsOf: (self: unknown, args: ArrayLike<unknown>) => readonly string[];
  /** For objects that are told apart by what they are. */
  readonly references: References | undefined;
  /** Whether the function is known to, so that a value put into its cache by hand comes out as one. */
  returnsPromises: boolean;
}

/** A hit by one primitive or a pair of them makes no key, so that nothing is allocated. */
function rememberByValue(memo: Memo): Plain {
  const { memory } = memo;
  // A method, because it knows `this` and cannot be called with `new`.
  return {
    memoized(first?: unknown, second?: unknown): unknown {
      let answer: unknown;
      if (arguments.length === 1 && isOwn(first)) {
        answer = memory.recall(first, memo.returnsPromises);
      } else if (arguments.length === 2 && isPart(first) && isPart(second)) {
        answer = memory.recallPair(first, second, memo.returnsPromises);
      } else {
        return rememberList(memo, this, arguments);
      }
      return answer === NOTHING ? loadShort(memo, this, arguments) : answer;
    },
  }.memoized;
}

/** The way of a miss apart from that of a hit, which is compiled in one piece. */
function loadShort(memo: Memo, self: unknown, args: ArrayLike<unknown>): unknown {
  return load(memo, self, args, keyOfArguments(args));
}

function rememberList(memo: Memo, self: unknown, args: ArrayLike<unknown>): unknown {
  const { memory, references } = memo;
  const list = references === undefined ? args : references.in(args);
  let slot: number;
  let key: unknown;
  try {
    slot = memory.findList(list);
    key = slot < 0 ? keyOfArguments(list) : memory.keyAt(slot);
  } catch {
    memory.unkeyable(); // or reading the arguments failed, which is no reason not to call
    return memo.fn.apply(self, args as unknown[]);
  }
  // Remembered failures are thrown here, far from what is caught. What has no slot may be a bigint.
  const isList = slot >= 0 || key instanceof Arguments;
  const answer = isList ? memory.recallAt(slot, memo.returnsPromises) : memory.recall(key, memo.returnsPromises);
  return answer === NOTHING ? load(memo, self, args, key) : answer;
}

function rememberByKey(memo: Memo, keyOf: Plain): Plain {
  const { fn, memory } = memo;
  return {
    memoized(...args: unknown[]): unknown {
      const key = keyOf.apply(this, args);
      if (typeof key !== "string" && typeof key !== "number") {
        memory.unkeyable();
        return fn.apply(this, args);
      }
      const answer = memory.recall(key, memo.returnsPromises);
      return answer === NOTHING ? load(memo, this, args, key) : answer;
    },
  }.memoized;
}

function load(memo: Memo, self: unknown, args: ArrayLike<unknown>, key: unknown): unknown {
  const { fn, memory, references } = memo;
  let made: unknown;
  const run = (): unknown => {
    made = fn.apply(self, args as unknown[]);
    return references === undefined ? made : references.during(made, args);
  };
  const answer = memory.load(key, run, memo.life, memo.tagsOf(self, args));
  if (answer instanceof Promise) memo.returnsPromises = true;
  // A value that stood in for one that was not there: it may have been put there by hand.
  else if (memo.returnsPromises && answer !== made) return Promise.resolve(answer);
  return answer;
}

export function tagsOf(tags: Plain | readonly string[] | undefined, operation: string): Memo["tagsOf"] {
  if (typeof tags === "function") {
    return (self, args) => tagList(tags.apply(self, args as unknown[]) as readonly string[], operation);
  }
  const fixed = tagList(tags, operation);
  return () => fixed;
}

/** What others have put on the function. */
function ownProperties(fn: object): PropertyDescriptorMap {
  const properties = Object.entries(Object.getOwnPropertyDescriptors(fn));
  return Object.fromEntries(properties.filter(([, property]) => property.enumerable));
}

function asItIs(key: unknown): Key {
  return key as Key;
}
