//! A storage of records over whatever keeps bytes under names.

import { CachefnError, misconfigured, show } from "../../errors.js";
import type { Codec } from "../../records/codecs/codec.js";
import { json } from "../../records/codecs/json.js";
import { deadAt, open, timesOf } from "../../records/envelope.js";
import { hexOf, unhex } from "../../records/hex.js";
import { codecOf, type RecordOptions, readRow, writeRow } from "../../records/record.js";
import { isSame, textOf } from "../../records/text.js";
import { Refusal, reading } from "../../records/why.js";
import type { Found, Named, Page, Row, Storage, Token, Trouble } from "../../storage.js";
import { tokenNamesOf } from "../../token-names.js";
import type { ByteStore, Put } from "./byte-store.js";
import { Troubles } from "./failing.js";
import { atMost, type Fits, storedName, storedTokenName } from "./stored-names.js";
import { forEach, inTurn } from "./turns.js";
import { Walking } from "./walking.js";

/** Rows as records, tokens as their 16 bytes. */
export class BytesStorage implements Storage {
  readonly label: string;
  readonly #store: ByteStore;
  readonly #place: object;
  readonly #codec: Codec;
  readonly #fits: Fits;
  readonly #troubles: Troubles;
  readonly #walking: Walking;
  /** Of no place that is far away: see `ByteStore.isLocal`. */
  readonly load?: (prefix: string, most: number) => Promise<readonly Found[] | undefined>;
  readonly purge?: (prefix: string, now: number) => Promise<number>;

  /** `place` is the same object for all that share what is kept. */
  constructor(store: ByteStore, options: RecordOptions, place: object) {
    this.label = store.label ?? "bytes";
    this.#store = store;
    this.#place = place;
    this.#codec = codecOf(options);
    this.#fits = fitsOf(store.maxName);
    this.#troubles = new Troubles(this.label);
    this.#walking = new Walking(store, (stored) => this.#nameUnder(stored));
    if (store.keys === undefined) return;
    this.purge = (prefix, now) => this.#purge(prefix, now);
    if (store.isLocal === true) this.load = (prefix, most) => this.#load(prefix, most);
  }

  get(names: readonly string[]): Promise<readonly (Found | undefined)[]> {
    return this.#guard("get", names, async () => {
      const stored = names.map((name) => storedName(name, this.#fits));
      const found = await this.#read(stored);
      const rows = await Promise.all(names.map((name, at) => this.#rowOf(name, stored[at] as string, found[at])));
      if (this.#store.isLocal !== true) return rows.map((row) => row && { row });
      return Promise.all(rows.map(async (row) => row && { row, tokens: await this.#tokens(tokenNamesOf(row)) }));
    });
  }

  set(rows: readonly Row[]): Promise<void> {
    return this.#guard("set", rows.map(({ name }) => name), async () => {
      const puts = new Map<string, Put>();
      const failures: unknown[] = [];
      for (const row of rows) {
        const name = storedName(row.name, this.#fits);
        try {
          puts.set(name, { name, bytes: this.#recordOf(row), expiresInMs: row.freshFor + Math.max(row.revalidatesFor, row.bridgesFor) });
        } catch (error) {
          failures.push(error);
          puts.delete(name);
          // What is there is not true any more.
          await this.#store.delete(name);
        }
      }
      await this.#write([...puts.values()]);
      if (failures.length > 0) throw failures[0];
    });
  }

  delete(names: readonly string[]): Promise<number> {
    return this.#guard("delete", names, async () => {
      const stored = [...new Set(names.map((name) => storedName(name, this.#fits)))];
      if (this.#store.deleteMany !== undefined) return stored.length === 0 ? 0 : this.#store.deleteMany(stored);
      return (await forEach(stored, (name) => this.#store.delete(name))).filter(Boolean).length;
    });
  }

  tokens(names: readonly string[]): Promise<readonly (Token | undefined)[]> {
    return this.#guard("tokens", names, () => this.#tokens(names));
  }

  createTokens(tokens: readonly Named[]): Promise<readonly Token[]> {
    const names = tokens.map(([name]) => name);
    return this.#guard("create tokens", names, () =>
      inTurn(this.#place, async () => {
        const there = await this.#tokens(names);
        await this.#keep(tokens.filter((_, at) => there[at] === undefined));
        return tokens.map(([, token], at) => there[at] ?? token);
      }),
    );
  }

  replaceTokens(tokens: readonly Named[]): Promise<void> {
    const names = tokens.map(([name]) => name);
    return this.#guard("replace tokens", names, () => inTurn(this.#place, () => this.#keep(tokens)));
  }

  scan(prefix: string, limit: number, after?: string): Promise<Page> {
    return this.#guard("scan", [], () => this.#walking.page(prefix, limit, after));
  }

  watch(hear: (trouble: Trouble) => void): () => void {
    const stops = [this.#troubles.watch(hear), this.#store.watch?.(hear)];
    return () => stops.forEach((stop) => stop?.());
  }

  close(): Promise<void> {
    return this.#guard("close", [], async () => void (await this.#store.close?.()));
  }

  async #load(prefix: string, most: number): Promise<readonly Found[] | undefined> {
    const names: string[] = [];
    for await (const page of this.#pages(prefix, most + 1)) {
      names.push(...page);
      if (names.length > most) return undefined;
    }
    return (await this.get([...new Set(names)])).filter((found) => found !== undefined);
  }

  async #purge(prefix: string, now: number): Promise<number> {
    let gone = 0;
    for await (const names of this.#pages(prefix, STEP)) {
      const stored = names.map((name) => storedName(name, this.#fits));
      const found = await this.#guard("purge", names, () => this.#read(stored));
      const dead = names.filter((_, at) => isDead(found[at], now));
      if (dead.length > 0) gone += await this.delete(dead);
    }
    return gone;
  }

  async *#pages(prefix: string, limit: number): AsyncGenerator<readonly string[]> {
    let next: string | undefined;
    do {
      const page = await this.scan(prefix, limit, next);
      next = page.next;
      yield page.names;
    } while (next !== undefined);
  }

  #guard<T>(operation: string, names: readonly string[], act: () => T | PromiseLike<T>): Promise<T> {
    return this.#troubles.guard(operation, names.length === 1 ? names[0] : undefined, act);
  }

  /** The bytes under stored names. */
  async #read(stored: readonly string[]): Promise<readonly (Uint8Array | undefined)[]> {
    if (stored.length === 0) return [];
    const { getMany } = this.#store;
    const found = getMany === undefined ? await forEach(stored, (name) => this.#store.get(name)) : await getMany.call(this.#store, stored);
    return stored.map((_, at) => found[at] ?? undefined);
  }

  async #write(puts: readonly Put[]): Promise<void> {
    if (puts.length === 0) return;
    if (this.#store.setMany !== undefined) await this.#store.setMany(puts);
    else await forEach(puts, ({ name, bytes, expiresInMs }) => this.#store.set(name, bytes, { expiresInMs }));
  }

  async #tokens(names: readonly string[]): Promise<(Token | undefined)[]> {
    const found = await this.#read(names.map((name) => storedTokenName(name, this.#fits)));
    return found.map((bytes) => (bytes?.length === 16 ? hexOf(bytes) : undefined));
  }

  #keep(tokens: readonly Named[]): Promise<void> {
    return this.#write(tokens.map(([name, token]) => ({ name: storedTokenName(name, this.#fits), bytes: unhex(token), expiresInMs: Number.POSITIVE_INFINITY })));
  }

  #recordOf(row: Row): Uint8Array {
    const bytes = writeRow(row, this.#codec);
    const most = this.#store.maxRecord ?? Number.POSITIVE_INFINITY;
    if (bytes.length <= most) return bytes;
    throw new CachefnError("too-heavy", "set", `${show(row.name)}: the record has ${bytes.length} bytes, but ${this.label} takes ${most} at most`);
  }

  /** The row in these bytes, if it is the one of this name. What is of no use to anybody is deleted, if it is still there. */
  async #rowOf(name: string, stored: string, bytes: Uint8Array | undefined): Promise<Row | undefined> {
    if (bytes === undefined) return undefined;
    const { row, why = "key" } = readRow(bytes, [this.#codec, json]);
    if (row?.name === name) return row;
    this.#troubles.damaged(name, why);
    // What is no record at all was put there by somebody else.
    if (why === "foreign") return undefined;
    try {
      const there = await this.#store.get(stored);
      if (there != null && isSame(there, bytes)) await this.#store.delete(stored);
    } catch {
      // It is a miss whether it can be deleted or not.
    }
    return undefined;
  }

  async #nameUnder(stored: string): Promise<string | undefined> {
    const bytes = (await this.#store.get(stored)) ?? undefined;
    const name = bytes === undefined ? undefined : reading(() => textOf(open(bytes).name));
    return name === undefined || name instanceof Refusal || storedName(name, this.#fits) !== stored ? undefined : name;
  }
}

function isDead(record: Uint8Array | undefined, now: number): boolean {
  const times = record === undefined ? undefined : timesOf(record);
  return times !== undefined && deadAt(times) <= now;
}

function fitsOf(maxName: ByteStore["maxName"] = () => true): Fits {
  if (typeof maxName === "function") return maxName;
  if (maxName >= SHORTEST_LIMIT) return atMost(maxName);
  throw misconfigured("create storage", `\`maxName\` is at least ${SHORTEST_LIMIT} bytes, for a hash and what is before it; not ${maxName}`);
}

const SHORTEST_LIMIT = 64;
/** So many rows are looked at in one step of a purge. */
const STEP = 256;
