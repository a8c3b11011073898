//! How the tests run in Node.

import { defineConfig } from "vitest/config";

export default defineConfig({
  assetsInclude: ["**/*.bin"], // records
  test: {
    name: "node",
    include: ["tests/**/*.test.ts"],
    exclude: ["tests/**/*.browser.test.ts"],
    execArgv: ["--expose-gc"],
    passWithNoTests: false,
    // Long enough for a machine that builds something else meanwhile.
    testTimeout: 60_000,
    reporters: ["default", ["json", { outputFile: "node_modules/.cache/tests-node.json" }]],
  },
});
