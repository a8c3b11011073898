//! A cache over IndexedDB whose tabs tell each other, where there is a database and where there is none.

import { indexedDB } from "cachefn-wasm/indexeddb";
import { tabs } from "cachefn-wasm/tabs";
import { equal } from "../../runtimes/common/program.mjs";

/** Facts about the storages that pages use; `own` names the databases. */
export function storageFacts({ createCache, memoize }, own) {
  const keeps = typeof globalThis.indexedDB === "object";
  const storage = () => indexedDB({ database: own });
  const unlessUnavailable = ({ code }) => equal([keeps, code], [false, "unavailable"]);
  return {
    "a cache outlives itself where there is a database, and serves from memory elsewhere": async () => {
      const open = () => createCache({ name: "values", storage: storage(), bus: tabs({ channel: own }) });
      const one = open();
      equal([await one.getOrFetch("7", async () => "first"), await one.getOrFetch("7", async () => "again")], ["first", "first"]);
      await one.close().catch(unlessUnavailable);
      const next = open();
      equal(await next.getOrFetch("7", async () => "second"), keeps ? "first" : "second");
      await next.close().catch(unlessUnavailable);
    },
    "a memoised function over a storage is called once": async () => {
      let runs = 0;
      const double = memoize(async (n) => (runs++, n * 2), { id: "double", storage: storage() });
      equal([await double(21), await double(21), runs <= 1], [42, 42, true]);
      await double.cache.close().catch(unlessUnavailable);
    },
  };
}
