//! How the tests beside other libraries run in Node.

import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    name: "adapters",
    include: ["tests/**/*.test.ts"],
    passWithNoTests: false,
    // Long enough for a machine that builds something else meanwhile.
    testTimeout: 60_000,
  },
});
