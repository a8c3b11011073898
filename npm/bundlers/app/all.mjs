//! Both engines in one program.

import * as standard from "cachefn-wasm";
import * as translated from "cachefn-wasm/no-wasm";
import * as testing from "cachefn-wasm/testing";
import { facts } from "../../runtimes/common/program.mjs";
import { tryAll } from "../../runtimes/common/run.mjs";

/** `{ passed, failures }` of both together. */
export async function all() {
  const [one, other] = [await tryAll(facts(standard, testing)), await tryAll(facts(translated, testing))];
  return { passed: one.passed + other.passed, failures: [...one.failures, ...other.failures] };
}
