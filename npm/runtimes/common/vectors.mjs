//! The tests that read the vectors, without their test runner.

import "../../tests/policies.test.ts";
import "../../tests/vectors.test.ts";

export { runTests } from "./vitest.mjs";
