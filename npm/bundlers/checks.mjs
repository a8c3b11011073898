//! How the package looks to those who never run it: compilers of types, and linters of packages.

import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const here = import.meta.dirname;
const installed = join(here, "node_modules/cachefn-wasm");

export const CHECKS = {
  /** Each way to resolve a module, from ESM and from CommonJS, without the DOM and without Node's types. */
  async typescript() {
    const results = {};
    for (const [module, moduleResolution, files] of [
      ["ESNext", "Bundler", ["use.mts"]],
      ["Node16", "Node16", ["use.mts", "use.cts"]],
      ["NodeNext", "NodeNext", ["use.mts", "use.cts"]],
    ]) {
      const compilerOptions = { ...OPTIONS, module, moduleResolution };
      mkdirSync(join(here, "built"), { recursive: true });
      const config = join(here, `built/tsconfig.${moduleResolution}.json`);
      writeFileSync(config, JSON.stringify({ compilerOptions, files: files.map((file) => join(here, "types", file)) }));
      results[moduleResolution.toLowerCase()] = succeeds("typescript/bin/tsc", ["-p", config]);
    }
    return results;
  },
  async publint() {
    const { publint } = await import("publint");
    const { formatMessage } = await import("publint/utils");
    const { messages, pkg } = await publint({ pkgDir: installed, level: "suggestion", strict: true });
    const failures = messages.map((message) => formatMessage(message, pkg));
    return { "": { passed: failures.length === 0 ? 1 : 0, failures } };
  },
  /** What does not look into `exports` finds the main entry and no other. */
  async attw() {
    const options = ["--pack", installed, "--profile", "node16", "--exclude-entrypoints", "engine.wasm", "--no-color"];
    return { "": succeeds("@arethetypeswrong/cli/dist/index.js", options) };
  },
};

const OPTIONS = { strict: true, target: "ES2022", lib: ["ES2022"], types: [], noEmit: true, skipLibCheck: false };

function succeeds(script, args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(here, "node_modules", script), ...args], { encoding: "utf8", cwd: here });
  return status === 0 ? { passed: 1, failures: [] } : { passed: 0, failures: [`${stdout}${stderr}`] };
}
