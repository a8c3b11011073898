//! Key patterns: `*`, `?`, `[a-z]`, `[!a]` and `\`, matched in time linear in pattern × text.

import { CachefnError } from "./errors.js";
import type { Key } from "./key.js";

/** One step of a pattern: a scalar, any one scalar, any run, or a set of ranges. */
type Step = number | typeof ANY | typeof RUN | Ranges;

/**
 * A parsed key pattern, anchored at both ends and case-sensitive.
 *
 * `*` matches any run (also over `:`), `?` one character, `[abc]`, `[a-z]` and `[!a]` (or `[^a]`) one
 * of a set; `\` takes the next character as it is. A character is a Unicode scalar, so an emoji is one.
 *
 * @throws {CachefnError} code `glob` when a `[` is never closed, a range runs backwards or the pattern
 * ends in `\`.
 *
 * @example
 * ```ts
 * assert(new Glob("user:*").matches("user:7"));
 * assert(!new Glob("user:?").matches("user:77"));
 * ```
 */
export class Glob {
  /** The pattern as it was written. */
  readonly pattern: string;
  readonly #start: string;
  readonly #rest: readonly Step[];

  constructor(pattern: string) {
    if (typeof pattern !== "string") throw invalid(pattern, "is not a text");
    const steps = parse(pattern);
    let literal = 0;
    while (literal < steps.length && (steps[literal] as number) >= 0) literal++;
    this.pattern = pattern;
    this.#start = (steps.slice(0, literal) as number[]).map((scalar) => String.fromCodePoint(scalar)).join("");
    this.#rest = steps.slice(literal);
  }

  /**
   * A pattern that matches every text that begins with `text`, whatever characters it contains.
   *
   * @example
   * ```ts
   * assert(Glob.prefix("a*").matches("a*b") && !Glob.prefix("a*").matches("ab"));
   * ```
   */
  static prefix(text: string): Glob {
    return new Glob(`${Glob.escape(text)}*`);
  }

  /**
   * `text` with every character that means something in a pattern escaped.
   *
   * @example
   * ```ts
   * assert(new Glob(Glob.escape("[x]")).matches("[x]"));
   * ```
   */
  static escape(text: string): string {
    if (typeof text !== "string") throw invalid(text, "is not a text");
    return text.replace(/[*?[\]\\]/g, "\\$&");
  }

  /**
   * Whether the whole of `text` matches.
   *
   * @example
   * ```ts
   * assert(new Glob("[a-c]?").matches("b9"));
   * ```
   */
  matches(text: string): boolean {
    const rest = this.#rest;
    if (rest.length === 0) return text === this.#start;
    if (!text.startsWith(this.#start)) return false;
    if (rest.length === 1 && rest[0] === RUN) return true;
    return matchesFrom(rest, text, this.#start.length);
  }
}

/**
 * One pattern, or several of which one has to match.
 *
 * @example
 * ```ts
 * const patterns: Patterns = ["user:?", Glob.prefix("team:")];
 * for (const key of ["user:7", "user:77", "team:blue"]) cache.set(key, 1);
 * assert(cache.keys(patterns).length === 2);
 * ```
 */
export type Patterns = string | Glob | readonly (string | Glob)[];

/** Whether the text of a key matches; without patterns every key does. */
export function matcher(patterns: Patterns | undefined): (key: Key) => boolean {
  if (patterns === undefined) return () => true;
  const list = Array.isArray(patterns) ? patterns : [patterns];
  const globs = list.map((pattern) => (pattern instanceof Glob ? pattern : new Glob(pattern)));
  return (key) => {
    const text = String(key);
    return globs.some((glob) => glob.matches(text));
  };
}

/** Only the latest `*` is ever extended, which is enough and keeps the time bounded. */
function matchesFrom(steps: readonly Step[], text: string, from: number): boolean {
  let at = from;
  let step = 0;
  let runStep = -1;
  let runAt = 0;
  while (at < text.length) {
    const wanted = steps[step];
    if (wanted === RUN) {
      runStep = ++step;
      runAt = at;
      continue;
    }
    const scalar = text.codePointAt(at) as number;
    if (wanted !== undefined && accepts(wanted, scalar)) {
      at += width(scalar);
      step++;
    } else if (runStep >= 0) {
      runAt += width(text.codePointAt(runAt) as number);
      at = runAt;
      step = runStep;
    } else {
      return false;
    }
  }
  while (steps[step] === RUN) step++;
  return step === steps.length;
}

function accepts(step: Step, scalar: number): boolean {
  if (typeof step === "number") return step === scalar || step === ANY;
  const { bounds, negated } = step;
  for (let at = 0; at < bounds.length; at += 2) {
    if (scalar >= (bounds[at] as number) && scalar <= (bounds[at + 1] as number)) return !negated;
  }
  return negated;
}

function width(scalar: number): number {
  return scalar > 0xffff ? 2 : 1;
}

function parse(pattern: string): Step[] {
  const scalars = Array.from(pattern, (character) => character.codePointAt(0) as number);
  const steps: Step[] = [];
  let at = 0;

  function literal(): number {
    if (scalars[at] === BACKSLASH && ++at === scalars.length) {
      throw invalid(pattern, `ends in \\; write \\\\ for a backslash`);
    }
    return scalars[at++] as number;
  }

  function ranges(): Ranges {
    const opened = at++;
    const negated = scalars[at] === BANG || scalars[at] === CARET;
    if (negated) at++;
    const bounds: number[] = [];
    while (scalars[at] !== CLOSE || bounds.length === 0) {
      if (at >= scalars.length) {
        throw invalid(pattern, `[ at position ${opened} is never closed; write \\[ for a bracket`);
      }
      const low = literal();
      let high = low;
      if (scalars[at] === DASH && at + 1 < scalars.length && scalars[at + 1] !== CLOSE) {
        at++;
        high = literal();
        if (high < low) throw invalid(pattern, `the range before position ${at} runs backwards`);
      }
      bounds.push(low, high);
    }
    at++;
    return { bounds, negated };
  }

  while (at < scalars.length) {
    const scalar = scalars[at];
    if (scalar === STAR) {
      at++;
      if (steps.at(-1) !== RUN) steps.push(RUN);
    } else if (scalar === QUESTION) {
      at++;
      steps.push(ANY);
    } else {
      steps.push(scalar === OPEN ? ranges() : literal());
    }
  }
  return steps;
}

function invalid(pattern: string, problem: string): CachefnError {
  return new CachefnError("glob", `glob ${JSON.stringify(pattern)}`, problem);
}

interface Ranges {
  /** Pairs of lowest and highest scalar. */
  readonly bounds: readonly number[];
  readonly negated: boolean;
}

const ANY = -1;
const RUN = -2;
const STAR = 0x2a;
const QUESTION = 0x3f;
const OPEN = 0x5b;
const CLOSE = 0x5d;
const BACKSLASH = 0x5c;
const BANG = 0x21;
const CARET = 0x5e;
const DASH = 0x2d;
