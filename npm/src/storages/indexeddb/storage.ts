//! A storage in IndexedDB: rows by structured clone, tokens beside them.

import { CachefnError, show } from "../../errors.js";
import type { Found, Named, Page, Row, Storage, Token, Trouble } from "../../storage.js";
import { diesAt } from "../row.js";
import { all, asToken, askAll, askFound, type Findings, ROWS, startingWith, TOKENS } from "./asking.js";
import { Connection, type Schema, type Work } from "./connection.js";
import { BY_AGE, BY_END, forgetDead, isFull, withRoom } from "./room.js";

/** What all versions of the program that are open at once agree about. */
export function schema(name: string): Schema {
  return {
    name,
    version: 1,
    stores: [ROWS, TOKENS],
    upgrade(database) {
      if (!database.objectStoreNames.contains(ROWS)) {
        const rows = database.createObjectStore(ROWS, { keyPath: "name" });
        rows.createIndex(BY_AGE, "created");
        rows.createIndex(BY_END, "dies");
      }
      if (!database.objectStoreNames.contains(TOKENS)) database.createObjectStore(TOKENS);
    },
  };
}

/** Every method is one transaction, but for `purge` of thousands. */
export class IndexedStorage implements Storage {
  readonly label = "indexeddb";
  readonly #connection: Connection;
  readonly #hearers = new Set<(trouble: Trouble) => void>();
  /** Whether hearers know that it is unavailable. */
  #isTold = false;

  constructor(schema: Schema, durability: IDBTransactionDurability, patience: number) {
    this.#connection = new Connection(schema, durability, patience, () => (this.#isTold = false));
  }

  async get(names: readonly string[]): Promise<readonly (Found | undefined)[]> {
    return this.#tellCorrupt(await this.#read<Findings>("get", names, (transaction, done) => askFound(transaction, names, done)));
  }

  async set(rows: readonly Row[]): Promise<void> {
    const refused = await this.#write<string[]>("set", rows.map(nameOf), ROWS, (transaction, done) => {
      const store = transaction.objectStore(ROWS);
      done(rows.map(nameOf).filter((name, at) => !kept(store, name, rows[at] as Row)));
    });
    if (refused.length > 0) throw new CachefnError("codec", "set", `${shown(refused)}: ${UNCLONEABLE}`);
  }

  delete(names: readonly string[]): Promise<number> {
    return this.#write("delete", names, ROWS, (transaction, done) => {
      const store = transaction.objectStore(ROWS);
      const counts = names.map((name) => {
        const count = store.count(name);
        store.delete(name);
        return count;
      });
      all(counts, () => done(counts.reduce((sum, { result }) => sum + result, 0)));
    });
  }

  tokens(names: readonly string[]): Promise<readonly (Token | undefined)[]> {
    return this.#read("tokens", names, (transaction, done) => {
      const requests = names.map((name) => transaction.objectStore(TOKENS).get(name));
      all(requests, () => done(requests.map(({ result }) => asToken(result))));
    });
  }

  createTokens(tokens: readonly Named[]): Promise<readonly Token[]> {
    return this.#write("create tokens", tokens.map(nameOfToken), TOKENS, (transaction, done) => {
      const store = transaction.objectStore(TOKENS);
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
    });
  }

  replaceTokens(tokens: readonly Named[]): Promise<void> {
    return this.#write("replace tokens", tokens.map(nameOfToken), TOKENS, (transaction, done) => {
      for (const [name, token] of tokens) transaction.objectStore(TOKENS).put(token, name);
      done();
    });
  }

  scan(prefix: string, limit: number, after?: string): Promise<Page> {
    return this.#read("scan", [prefix], (transaction, done) => {
      const request = transaction.objectStore(ROWS).getAllKeys(startingWith(prefix, after), limit);
      all([request], () => {
        const names = request.result as string[];
        done({ names, next: names.length < limit ? undefined : names.at(-1) });
      });
    });
  }

  async load(prefix: string, most: number): Promise<readonly Found[] | undefined> {
    const findings = await this.#read<Findings | undefined>("load", [prefix], (transaction, done) => askAll(transaction, prefix, most, done));
    return findings && (this.#tellCorrupt(findings) as readonly Found[]);
  }

  purge(prefix: string, now: number): Promise<number> {
    return this.#guard("purge", [prefix], () => forgetDead(this.#connection, prefix, now));
  }

  watch(hear: (trouble: Trouble) => void): () => void {
    const own = (trouble: Trouble): void => hear(trouble);
    this.#hearers.add(own);
    return () => this.#hearers.delete(own);
  }

  async close(): Promise<void> {
    this.#connection.close();
  }

  #read<T>(operation: string, names: readonly string[], work: Work<T>): Promise<T> {
    return this.#guard(operation, names, () => this.#connection.run([ROWS, TOKENS], "readonly", work));
  }

  #write<T>(operation: string, names: readonly string[], store: string, work: Work<T>): Promise<T> {
    return this.#guard(operation, names, async () => {
      const result = await withRoom(this.#connection, () => this.#connection.run([store], "readwrite", work));
      this.#isTold = false;
      return result;
    });
  }

  /** Whatever fails is our own error, and the first of a row of failures is told. */
  async #guard<T>(operation: string, names: readonly string[], run: () => Promise<T>): Promise<T> {
    try {
      return await run();
    } catch (cause) {
      const { name, message } = cause as Error;
      const usage = isFull(cause) ? `, with ${await bytesInUse()} bytes in use` : "";
      const text = `${shown(names)}: indexeddb is unavailable: ${name}${message && `: ${message}`}${usage}`;
      if (!this.#isTold) this.#tell({ code: "unavailable", cause });
      this.#isTold = true;
      throw new CachefnError("unavailable", operation, text, cause);
    }
  }

  #tellCorrupt({ found, corrupt }: Findings): readonly (Found | undefined)[] {
    for (const name of corrupt) this.#tell({ code: "corrupt", name });
    return found;
  }

  #tell(trouble: Trouble): void {
    for (const hear of this.#hearers) {
      try {
        hear(trouble);
      } catch {
        // Who listens must not harm who stores.
      }
    }
  }
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

async function bytesInUse(): Promise<number | string> {
  try {
    return (await navigator.storage.estimate()).usage ?? "?";
  } catch {
    return "?"; // some places do not tell
  }
}

/** Names in an error text, which may be long or many. */
function shown(names: readonly string[]): string {
  const [first = "", ...more] = names;
  return show(first.length > 100 ? `${first.slice(0, 100)}…` : first) + (more.length > 0 ? ` and ${more.length} more` : "");
}

const nameOf = ({ name }: Row): string => name;
const nameOfToken = ([name]: Named): string => name;
/** The words of the browser would show parts of the value. */
const UNCLONEABLE = "the value cannot be cloned; keep plain data, without functions, symbols, promises and parts of the page";
