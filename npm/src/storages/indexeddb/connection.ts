//! The connection to a database: opened when it is first needed, and again when it was lost.

/** What a database has to be. */
export interface Schema {
  readonly name: string;
  readonly version: number;
  /** Without these it is somebody else's. */
  readonly stores: readonly string[];
  /** Makes what is missing. */
  upgrade(database: IDBDatabase): void;
}

/** Asks a transaction, and hands the result to `done`. */
export type Work<T> = (transaction: IDBTransaction, done: (result: T) => void) => void;

/** A database that other tabs may upgrade or delete, and that the browser may close, at any time. */
export interface Connection {
  /**
   * The result of `work`: of a read as soon as it is there, of a write when it is kept. `work` runs again, once, when
   * the connection was lost: then nothing was done, or the whole of it, which may be done twice.
   */
  run<T>(stores: string | string[], mode: "readonly" | "readwrite", work: Work<T>): Promise<T>;
  /** Lets go, after what is under way. */
  close(): void;
}

/** A connection that may be waited for `patience` milliseconds; `opened` is called each time that it is there. */
export function connect(schema: Schema, durability: IDBTransactionDurability, patience: number, opened: () => void): Connection {
  let current: Held | undefined;

  const forget = (held: Held): void => {
    if (current === held) current = undefined;
  };

  const leave = (held: Held): void => {
    forget(held);
    held.database.then((database) => database.close(), () => {});
  };

  /** Who waits for a database that others hold up is told so after a while, and who comes later is told at once. */
  const opening = (): Held => {
    const database = open(schema, schema.version, () => forget(held));
    const inTime = new Promise<IDBDatabase>((resolve, reject) => {
      const late = `another tab upgrades or deletes the database, which has held it up for ${patience} ms`;
      const timer = setTimeout(() => reject(new Error(late)), Math.min(patience, LONGEST_TIMER));
      database.then(resolve, reject).finally(() => clearTimeout(timer));
    });
    const held: Held = { database, inTime };
    database.then(
      () => {
        held.inTime = database;
        opened();
      },
      () => forget(held),
    );
    return held;
  };

  return {
    async run(stores, mode, work) {
      for (let isAgain = false; ; isAgain = true) {
        const held = (current ??= opening());
        try {
          return await inTransaction((await held.inTime).transaction(stores, mode, { durability }), work);
        } catch (error) {
          if (isAgain || !LOST.includes((error as Error).name)) throw error;
          leave(held);
        }
      }
    },
    close() {
      if (current !== undefined) leave(current);
    },
  };
}

/** A connection, or one that is being made. */
interface Held {
  readonly database: Promise<IDBDatabase>;
  /** The same, but rejected when it takes too long. */
  inTime: Promise<IDBDatabase>;
}

/** A longer one would end at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** What a transaction fails with when the browser or another tab took its connection away. */
const LOST = ["InvalidStateError", "AbortError", "UnknownError"];

function inTransaction<T>(transaction: IDBTransaction, work: Work<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    let result: T;
    transaction.oncomplete = () => resolve(result);
    transaction.onabort = () => reject(transaction.error ?? new DOMException("the connection was closed", "AbortError"));
    try {
      work(transaction, (value) => {
        result = value;
        if (transaction.mode === "readonly") resolve(value);
      });
    } catch (error) {
      reject(error);
      transaction.abort();
    }
  });
}

/** `closed` is called when the connection is of no use any more. */
function open(schema: Schema, version: number | undefined, closed: () => void): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const factory = globalThis.indexedDB;
    if (!factory) throw new Error("there is no IndexedDB here");
    const request = factory.open(schema.name, version);
    request.onupgradeneeded = () => schema.upgrade(request.result);
    request.onerror = (event) => {
      event.preventDefault(); // some browsers would report it as uncaught
      // A newer version of the program has upgraded it, which may have left everything that this one needs.
      if (version !== undefined && request.error?.name === "VersionError") open(schema, undefined, closed).then(resolve, reject);
      else reject(request.error);
    };
    request.onsuccess = () => {
      const database = request.result;
      const lacking = schema.stores.find((store) => !database.objectStoreNames.contains(store));
      // Who upgrades or deletes it waits until everybody has let go.
      database.onversionchange = () => {
        closed();
        database.close();
      };
      database.onclose = closed;
      if (lacking === undefined) return resolve(database);
      database.close();
      reject(new Error(`the database ${JSON.stringify(schema.name)} is somebody else's: it has no store ${lacking}; use another name`));
    };
  });
}
