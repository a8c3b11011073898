//! Storages of the platform, tried by the suite that everybody has.

import { describeStorage } from "cachefn-wasm/testing";
import { tryAll } from "./run.mjs";

/**
 * The result of the suite over a storage; `open` is given the numbers of places. Of a storage that does not list its
 * names each case that wants them is held if that is what it is told, at the point where it is.
 */
export function trySuite(name, open, { lists, ...options }) {
  const facts = {};
  let refused = 0;
  const test = (title, run) => {
    facts[title] = async () => {
      try {
        await run();
      } catch (error) {
        if (lists || error.code !== "unsupported" || error.operation !== "scan") throw error;
        refused++;
      }
    };
  };
  describeStorage(name, open, { ...options, test });
  facts[`${name}: names are ${lists ? "" : "not "}listed`] = () => {
    if (lists !== (refused === 0)) throw new Error(`${refused} cases could not list names`);
  };
  return tryAll(facts);
}
