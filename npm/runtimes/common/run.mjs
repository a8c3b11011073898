//! Tries facts and counts them; the counts and the failures are all that leaves a runtime.

import { facts } from "./program.mjs";

/** The program and the tests of the vectors: `{ passed, failures }`. */
export async function runAll(cachefn, testing, runTests) {
  const [own, vectors] = [await tryAll(facts(cachefn, testing)), await runTests()];
  return { passed: own.passed + vectors.passed, failures: [...own.failures, ...vectors.failures] };
}

/** Tries each fact, also after one has failed. */
export async function tryAll(facts) {
  const result = { passed: 0, failures: [] };
  for (const [name, fact] of Object.entries(facts)) {
    try {
      await fact();
      result.passed++;
    } catch (error) {
      // Not every engine says in the stack what was wrong.
      const stack = error?.stack ?? "";
      result.failures.push(`${name}: ${stack.includes(error.message) ? stack : `${error}\n${stack}`}`);
    }
  }
  if (result.passed === 0) result.failures.push("not one fact holds, or there are none");
  return result;
}

/** The last words of a program to the one that started it: a result, or several by their place. */
export function print(result) {
  console.log(`${MARK}${JSON.stringify(result)}`);
}

export const MARK = "cachefn result: ";
