//! As much of vitest as the tests of the vectors use, for places where vitest does not run.

import { JestAsymmetricMatchers, JestChaiExpect } from "@vitest/expect";
import * as chai from "chai";
import { tryAll } from "./run.mjs";

chai.use(JestChaiExpect);
chai.use(JestAsymmetricMatchers);
export const { expect } = chai;

const tests = {};
let within = "";

/** Runs what the test files have declared. */
export function runTests() {
  return tryAll(tests);
}

export const test = withEach((name, run) => {
  const full = `${within}${name}`;
  if (full in tests) throw new Error(`two tests are called ${full}`);
  tests[full] = run;
});

export const describe = withEach((name, declare) => {
  const outer = within;
  within += `${name}: `;
  declare();
  within = outer;
});

function withEach(declare) {
  declare.each = (rows) => (name, run) => {
    for (const [at, row] of rows.entries()) {
      declare(`${name} (${at})`, () => (Array.isArray(row) ? run(...row) : run(row)));
    }
  };
  return declare;
}
