//! A storage in IndexedDB: rows by structured clone, tokens beside them.

import { CachefnError, show } from "../../errors.js";
import type { Row, Storage, Trouble } from "../../storage.js";
import { diesAt } from "../row.js";
import { all, asToken, askAll, askFound, type Findings, ROWS, startingWith, TOKENS } from "./asking.js";
import { connect, type Schema, type Work } from "./connection.js";
import { BY_AGE, BY_END, purge, withRoom } from "./room.js";

/** What all versions of the program that are open at once agree about. */
export function schema(name: string): Schema {
  return {
    name,
    version: 1,
    stores: [ROWS, TOKENS],
    upgrade(database) {
      const lacks = (store: string): boolean => !database.objectStoreNames.contains(store);
      if (lacks(ROWS)) {
        const rows = database.createObjectStore(ROWS, { keyPath: "name" });
        rows.createIndex(BY_AGE, BY_AGE);
        rows.createIndex(BY_END, BY_END);
      }
      if (lacks(TOKENS)) database.createObjectStore(TOKENS);
    },
  };
}

/** Every method is one transaction, but for `purge` of thousands. */
export function storageIn(schema: Schema, durability: IDBTransactionDurability, patience: number): Storage {
  const hearers = new Set<(trouble: Trouble) => void>();
  /** Whether hearers know that it is unavailable. */
  let isTold = false;
  const connection = connect(schema, durability, patience, () => (isTold = false));

  const tell = (trouble: Trouble): void => {
    for (const hear of hearers) {
      try {
        hear(trouble);
      } catch {
        // Who listens must not harm who stores.
      }
    }
  };

  const tellCorrupt = ({ found, corrupt }: Findings): Findings["found"] => {
    for (const name of corrupt) tell({ code: "corrupt", name });
    return found;
  };

  /** Whatever fails is our own error, and the first of a row of failures is told. */
  const guard = async <T>(operation: string, names: readonly string[], run: () => Promise<T>): Promise<T> => {
    try {
      return await run();
    } catch (cause) {
      const { name, message } = cause as Error;
      if (!isTold) tell({ code: "unavailable", cause });
      isTold = true;
      throw new CachefnError("unavailable", operation, `${shown(names)}: indexeddb is unavailable: ${name}${message && `: ${message}`}`, cause);
    }
  };

  const read = <T>(operation: string, names: readonly string[], work: Work<T>): Promise<T> =>
    guard(operation, names, () => connection.run([ROWS, TOKENS], "readonly", work));

  const write = <T>(operation: string, names: readonly string[], store: string, work: (store: IDBObjectStore, done: (result: T) => void) => void): Promise<T> =>
    guard(operation, names, async () => {
      const result = await withRoom(connection, () => connection.run<T>(store, "readwrite", (transaction, done) => work(transaction.objectStore(store), done)));
      isTold = false;
      return result;
    });

  return {
    label: "indexeddb",
    async get(names) {
      return tellCorrupt(await read<Findings>("get", names, (transaction, done) => askFound(transaction, names, done)));
    },
    async set(rows) {
      const names = rows.map(({ name }) => name);
      const refused = await write<string[]>("set", names, ROWS, (store, done) => done(names.filter((name, at) => !kept(store, name, rows[at] as Row))));
      if (refused.length > 0) throw new CachefnError("codec", "set", `${shown(refused)}: ${UNCLONEABLE}`);
    },
    delete: (names) =>
      write("delete", names, ROWS, (store, done) => {
        const counts = names.map((name) => {
          const count = store.count(name);
          store.delete(name);
          return count;
        });
        all(counts, () => done(counts.reduce((sum, { result }) => sum + result, 0)));
      }),
    tokens: (names) =>
      read("tokens", names, (transaction, done) => {
        const requests = names.map((name) => transaction.objectStore(TOKENS).get(name));
        all(requests, () => done(requests.map(({ result }) => asToken(result))));
      }),
    createTokens: (tokens) =>
      write("create tokens", firsts(tokens), TOKENS, (store, done) => {
        const requests = tokens.map(([name]) => store.get(name));
        all(requests, () => {
          done(
            tokens.map(([name, token], at) => {
              const there = asToken((requests[at] as IDBRequest).result);
              if (there === undefined) store.put(token, name);
              return there ?? token;
            }),
          );
        });
      }),
    replaceTokens: (tokens) =>
      write("replace tokens", firsts(tokens), TOKENS, (store, done) => {
        for (const [name, token] of tokens) store.put(token, name);
        done();
      }),
    scan: (prefix, limit, after) =>
      read("scan", [prefix], (transaction, done) => {
        const request = transaction.objectStore(ROWS).getAllKeys(startingWith(prefix, after), limit);
        all([request], () => {
          const names = request.result as string[];
          done({ names, next: names.length < limit ? undefined : names.at(-1) });
        });
      }),
    async load(prefix, most) {
      const findings = await read<Findings | undefined>("load", [prefix], (transaction, done) => askAll(transaction, prefix, most, done));
      return findings && tellCorrupt(findings).filter((found) => found !== undefined);
    },
    purge: (prefix, now) => guard("purge", [prefix], () => purge(connection, prefix, now)),
    watch(hear) {
      const own = (trouble: Trouble): void => hear(trouble);
      hearers.add(own);
      return () => hearers.delete(own);
    },
    async close() {
      connection.close();
    },
  };
}

/** False for a value that cannot be cloned: what was under its name is older, and goes. */
function kept(store: IDBObjectStore, name: string, row: Row): boolean {
  const dies = diesAt(row);
  try {
    // Without an end it is not in the index of ends.
    store.put(dies < Number.POSITIVE_INFINITY ? { ...row, dies } : row);
    return true;
  } catch (error) {
    if (["InvalidStateError", "TransactionInactiveError"].includes((error as Error)?.name)) throw error;
    store.delete(name);
    return false;
  }
}

/** Names in an error text, which may be long or many. */
function shown(names: readonly string[]): string {
  const [first = "", ...more] = names;
  return show(first.length > 100 ? `${first.slice(0, 100)}…` : first) + (more.length > 0 ? ` and ${more.length} more` : "");
}

function firsts(named: readonly (readonly [name: string, ...unknown[]])[]): string[] {
  return named.map(([name]) => name);
}

/** The words of the browser would show parts of the value. */
const UNCLONEABLE = "the value cannot be cloned; keep plain data, without functions, symbols, promises and parts of the page";
