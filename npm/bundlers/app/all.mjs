//! Both engines in one program, in memory and over a storage.

import * as standard from "cachefn-wasm";
import * as translated from "cachefn-wasm/no-wasm";
import * as testing from "cachefn-wasm/testing";
import { facts } from "../../runtimes/common/program.mjs";
import { tryAll } from "../../runtimes/common/run.mjs";
import { storageFacts } from "./storages.mjs";

/** `{ passed, failures }` of both together. */
export async function all() {
  const results = [];
  for (const [name, engine] of Object.entries({ standard, translated })) {
    results.push(await tryAll(facts(engine, testing)), await tryAll(storageFacts(engine, `bundled, ${name}`)));
  }
  return { passed: results.reduce((sum, { passed }) => sum + passed, 0), failures: results.flatMap(({ failures }) => failures) };
}
