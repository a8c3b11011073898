//! Installs the package as it is published, and makes scripts of the tests that read the vectors.

import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";

const here = import.meta.dirname;
const npm = join(here, "..");

/** Packs the package, has npm install it somewhere, and puts a copy of that into `folder/node_modules`. */
export function installPackage(folder) {
  const scratch = mkdtempSync(join(tmpdir(), "cachefn-install-"));
  const run = (args, cwd) => execFileSync("npm", args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  const [{ filename }] = JSON.parse(run(["pack", "--json", "--pack-destination", scratch], npm));
  writeFileSync(join(scratch, "package.json"), '{ "private": true }');
  run(["install", "--offline", "--no-audit", "--no-fund", "--no-package-lock", join(scratch, filename)], scratch);
  const place = join(folder, "node_modules/cachefn-wasm");
  rmSync(place, { recursive: true, force: true });
  cpSync(join(scratch, "node_modules/cachefn-wasm"), place, { recursive: true });
  rmSync(scratch, { recursive: true });
}

/** The vectors for programs that import the package by its name, and for the programs that have none. */
export async function bundleVectors() {
  const entry = { entryPoints: ["common/vectors.mjs"], external: ["cachefn-wasm"] };
  await bundle({ ...entry, format: "esm", outfile: "built/vectors.mjs" });
  await bundle({ ...entry, format: "cjs", outfile: "built/vectors.cjs" });
}

/**
 * A script of something in this folder. Traces run through the package, as a user has it `from` there; texts of keys
 * and durations come from its sources, and so does the engine that the policies are tried on, as `engine` says:
 * compiled here, `"compiled"` by the platform, or `"translated"` to JavaScript.
 */
export function bundle({ engine, from = "cachefn-wasm", plugins = [], ...options }) {
  return build({
    absWorkingDir: here,
    bundle: true,
    target: "es2022",
    platform: "neutral",
    mainFields: ["module", "main"],
    define: { "process.env.NODE_ENV": '"production"' },
    ignoreAnnotations: true, // tests are nothing but side effects
    logLevel: "warning",
    plugins: [testFiles(engine, from), ...plugins],
    ...options,
  });
}

function testFiles(engine, from) {
  return {
    name: "test-files",
    setup({ onLoad, onResolve, resolve }) {
      onResolve({ filter: /^vitest$/ }, () => ({ path: join(here, "common/vitest.mjs") }));
      onResolve({ filter: /src\/index\.js$/ }, ({ importer, kind }) => {
        if (importer.endsWith("trace.ts")) return resolve(from, { kind, resolveDir: here });
        return { path: join(npm, "src/public.ts") };
      });
      onResolve({ filter: /\/engine\.wasm$/ }, () => ({ path: "./engine.wasm", external: true }));
      if (engine !== undefined) {
        onResolve({ filter: /load\/inline\.js$/ }, () => ({ path: join(here, `common/engine.${engine}.ts`) }));
      }
      onLoad({ filter: /tests\/support\/vectors\.ts$/ }, ({ path }) => {
        const files = /import\.meta\.glob<[^(]*>\([^)]*\)/;
        return { contents: readFileSync(path, "utf8").replace(files, () => JSON.stringify(facts())), loader: "ts" };
      });
    },
  };
}

/** All files of facts, as `import.meta.glob` would give them to the tests. */
function facts() {
  const folder = join(npm, "../tests/vectors");
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".json"));
  const read = (name) => ({ default: JSON.parse(readFileSync(join(folder, name), "utf8")) });
  return Object.fromEntries(names.map((name) => [`../../../tests/vectors/${name}`, read(name)]));
}
