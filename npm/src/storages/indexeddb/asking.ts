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
  const store = transaction.objectStore(TOKENS);
  const tokens = new Map<string, IDBRequest>();
  const ask = (name: string): IDBRequest[] => {
    if (tokens.has(name)) return [];
    const request = store.get(name);
    tokens.set(name, request);
    return [request];
  };
  const requests = names.map((name) => transaction.objectStore(ROWS).get(name));
  // Most rows have no tags: all that these need is asked for at once.
  all([...requests, ...names.flatMap((name) => tokenNamesOf({ name, tags: [] })).flatMap(ask)], () => {
    const { rows, corrupt } = check(requests.map(({ result, error }, at) => [names[at], result, error]));
    const needed = rows.flatMap((row) => (row === undefined ? [] : tokenNamesOf(row)));
    all(needed.flatMap(ask), () => done({ found: rows.map((row) => row && withTokens(row, (name) => tokens.get(name)?.result)), corrupt }));
  });
}

/** All rows of a range with their tokens; `undefined` when there are more than `most`, or the browser lost some. */
export function askAll(transaction: IDBTransaction, prefix: string, most: number, done: (findings: Findings | undefined) => void): void {
  const store = transaction.objectStore(ROWS);
  const range = startingWith(prefix);
  const count = store.count(range);
  all([count], () => {
    if (count.result > most) return done(undefined);
    const request = store.getAll(range);
    all([request], () => {
      if (request.error !== null) return done(undefined);
      const { rows, corrupt } = check(request.result.map((found) => [found.name, found, null]));
      const needed = rows.flatMap((row) => (row === undefined ? [] : tokenNamesOf(row))).sort();
      askTokens(transaction, needed, (tokens) => done({ found: rows.map((row) => row && withTokens(row, (name) => tokens.get(name))), corrupt }));
    });
  });
}

/** A token, if it is one. */
export function asToken(found: unknown): Token | undefined {
  return isToken(found) ? found : undefined;
}

/** Tokens by name: of each kind (`%n:`, `%t:`, `%x:`) all from the first to the last that is needed. */
function askTokens(transaction: IDBTransaction, sorted: string[], done: (tokens: Map<unknown, unknown>) => void): void {
  const store = transaction.objectStore(TOKENS);
  const requests = KINDS.flatMap((kind) => {
    const names = sorted.filter((name) => name.startsWith(kind));
    if (names.length === 0) return [];
    const range = IDBKeyRange.bound(names[0], names.at(-1));
    return [store.getAllKeys(range), store.getAll(range)];
  });
  all(requests, () => {
    const [names, tokens] = [0, 1].map((half) => requests.flatMap(({ result }, at) => (at % 2 === half ? (result as unknown[]) : [])));
    done(new Map(names?.map((name, at) => [name, tokens?.[at]])));
  });
}

/** Rows among what was found under names, and the names of what is none. */
function check(found: [name: unknown, found: unknown, error: unknown][]) {
  const corrupt: string[] = [];
  const rows = found.map(([name, found, error]): Row | undefined => {
    const row = asRow(found, name);
    if (row === undefined && (found !== undefined || error !== null)) corrupt.push(String(name));
    return row;
  });
  return { rows, corrupt };
}

function withTokens(row: Row, token: (name: string) => unknown): Found {
  return { row, tokens: tokenNamesOf(row).map((name) => asToken(token(name))) };
}

/** How a browser says that it has lost a value that it had. */
const UNREADABLE = ["DataError", "NotReadableError", "UnknownError"];
const KINDS = ["%n:", "%t:", "%x:"];
/** The least key that is greater than every text. */
const BEHIND_TEXTS = new Uint8Array(0);
