//! How the tests run in Chromium; the environment variable CHROMIUM names another executable.

import { playwright } from "@vitest/browser-playwright";
import { transform } from "esbuild";
import { defineConfig } from "vitest/config";

export default defineConfig({
  assetsInclude: ["**/*.bin"], // records
  // The vectors; and frames without an origin, which read the sources from elsewhere.
  server: { fs: { allow: [".."] }, cors: { origin: ["null"] } },
  optimizeDeps: { include: ["react", "react-dom/client"] }, // found later, they would load the page anew
  test: {
    name: "chromium",
    include: ["tests/**/*.test.ts"],
    exclude: ["tests/**/*.node.test.ts"],
    passWithNoTests: false,
    // Long enough for a machine that builds something else meanwhile.
    testTimeout: 60_000,
    reporters: ["default", ["json", { outputFile: "node_modules/.cache/tests-chromium.json" }]],
    browser: {
      enabled: true,
      headless: true,
      screenshotFailures: false,
      commands: { compiled: async (_: unknown, code: string) => (await transform(code, { loader: "ts" })).code },
      instances: [{ browser: "chromium" }],
      provider: playwright({
        launchOptions: {
          executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
          args: ["--no-sandbox", "--disable-dev-shm-usage", "--js-flags=--expose-gc"],
        },
      }),
    },
  },
});
