//! What a transaction is asked: ranges of names, rows with their tokens, tokens.

import type { Found, Row, Token } from "../../storage.js";
import { tokenNamesOf } from "../../token-names.js";
import { asRow, isToken } from "../row.js";

/** The store of rows, under the names in them. */
export const ROWS = "rows";
/** The store of tokens. */
export const TOKENS = "tokens";

/** What was found under some names, and which of these had something else than a row. */
export interface Findings {
  readonly found: readonly (Found | undefined)[];
  readonly corrupt: readonly string[];
}

/** Names that begin with `prefix`, those behind `after`. */
export function startingWith(prefix: string, after?: string): IDBKeyRange {
  // The next text that does not begin with it: one more in the last place where there is one.
  const stem = prefix.replace(/\uffff+$/, "");
  const last = stem.length - 1;
  const end = stem === "" ? BEHIND_TEXTS : stem.slice(0, last) + String.fromCharCode(stem.charCodeAt(last) + 1);
  return IDBKeyRange.bound(after ?? prefix, end, after !== undefined, true);
}

/** Calls `done` when all requests have an answer; what the browser has lost of its own is `undefined`. */
export function all(requests: readonly IDBRequest[], done: () => void): void {
  let left = requests.length;
  if (left === 0) return done();
  for (const request of requests) {
    request.onsuccess = () => --left === 0 && done();
    request.onerror = (event) => {
      if (!UNREADABLE.includes(request.error?.name ?? "")) return;
      event.preventDefault(); // one that is lost does not fail the others
      event.stopPropagation();
      if (--left === 0) done();
    };
  }
}

/** The rows under these names, with the tokens that they are compared by. */
export function askFound(transaction: IDBTransaction, names: readonly string[], done: (findings: Findings) => void): void {
  const rows = transaction.objectStore(ROWS);
  const tokens = new Map<string, IDBRequest>();
  const requests = names.map((name) => rows.get(name));
  // Most rows have no tags: all that these need is asked for at once.
  const first = askEach(transaction, new Set(names.flatMap((name) => tokenNamesOf({ name, tags: [] }))), tokens);
  all([...requests, ...first], () => {
    const { checked, corrupt } = check(requests.map(({ result, error }, at) => [names[at], result, error]));
    const needed = new Set(checked.flatMap((row) => (row === undefined ? [] : tokenNamesOf(row))));
    all(askEach(transaction, needed, tokens), () => {
      done({ found: checked.map((row) => row && withTokens(row, (name) => tokens.get(name)?.result)), corrupt });
    });
  });
}

/** All rows of a range with their tokens; `undefined` when there are more than `most`, or the browser lost some. */
export function askAll(transaction: IDBTransaction, prefix: string, most: number, done: (findings: Findings | undefined) => void): void {
  const rows = transaction.objectStore(ROWS);
  const range = startingWith(prefix);
  const count = rows.count(range);
  all([count], () => {
    if (count.result > most) return done(undefined);
    const request = rows.getAll(range);
    all([request], () => {
      if (request.error !== null) return done(undefined);
      const { checked, corrupt } = check(request.result.map((found) => [found.name, found, null]));
      const living = checked.filter((row) => row !== undefined);
      askBulk(transaction, living.flatMap(tokenNamesOf), (tokens) => {
        done({ found: living.map((row) => withTokens(row, (name) => tokens.get(name))), corrupt });
      });
    });
  });
}

/** A token, if it is one. */
export function asToken(found: unknown): Token | undefined {
  return isToken(found) ? found : undefined;
}

/** Requests for those names that none was made for. */
function askEach(transaction: IDBTransaction, names: Iterable<string>, asked: Map<string, IDBRequest>): IDBRequest[] {
  const store = transaction.objectStore(TOKENS);
  return [...names].flatMap((name) => {
    if (asked.has(name)) return [];
    const request = store.get(name);
    asked.set(name, request);
    return [request];
  });
}

/** Tokens by name: of each kind (`%n:`, `%t:`, `%x:`) all from the first to the last that is needed. */
function askBulk(transaction: IDBTransaction, names: string[], done: (tokens: Map<string, unknown>) => void): void {
  const store = transaction.objectStore(TOKENS);
  const sorted = names.sort();
  const kinds = KINDS.map((kind) => sorted.filter((name) => name.startsWith(kind))).filter((some) => some.length > 0);
  const requests = kinds.map((some) => {
    const range = IDBKeyRange.bound(some[0], some.at(-1));
    return [store.getAllKeys(range), store.getAll(range)] as const;
  });
  all(requests.flat(), () => {
    done(new Map(requests.flatMap(([names, tokens]) => names.result.map((name, at) => [name as string, tokens.result[at]]))));
  });
}

/** Rows among what was found under names. */
function check(found: [name: unknown, found: unknown, error: unknown][]) {
  const corrupt: string[] = [];
  const checked = found.map(([name, found, error]): Row | undefined => {
    const row = asRow(found, name);
    if (row === undefined && (found !== undefined || error !== null)) corrupt.push(String(name));
    return row;
  });
  return { checked, corrupt };
}

function withTokens(row: Row, token: (name: string) => unknown): Found {
  return { row, tokens: tokenNamesOf(row).map((name) => asToken(token(name))) };
}

/** How a browser says that it has lost a value that it had. */
const UNREADABLE = ["DataError", "NotReadableError"];
const KINDS = ["%n:", "%t:", "%x:"];
/** The least key that is greater than every text. */
const BEHIND_TEXTS = new Uint8Array(0);
