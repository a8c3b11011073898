//! Makes dist/: small scripts for ESM, CommonJS and edge workers, and the types of each.

import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const dist = join(root, "dist");

if (!existsSync(join(root, "generated/engine.ts"))) {
  console.error("build: generated/engine.ts is missing; run `cargo xtask wasm` in the repository first");
  process.exit(1);
}
rmSync(dist, { recursive: true, force: true });
mkdirSync(dist);
copyFileSync(join(root, "generated/engine.wasm"), join(dist, "engine.wasm"));
for (const license of ["LICENSE-MIT", "LICENSE-APACHE"]) copyFileSync(join(root, "..", license), join(dist, license));
const entries = { index: "src/index.ts", "no-wasm": "src/index.no-wasm.ts", slim: "src/slim.ts", testing: "src/testing.ts" };
await bundle({ entryPoints: entries, format: "esm", splitting: true, chunkNames: "shared-[hash]" });
await bundle({ entryPoints: entries, format: "cjs", outExtension: { ".js": ".cjs" } });
await bundle({ entryPoints: { "index.workerd": "src/index.workerd.ts" }, format: "esm", plugins: [besideTheModule()] });
declare(["index", "slim", "testing"]);

function bundle(options) {
  return build({
    absWorkingDir: root,
    bundle: true,
    outdir: dist,
    target: "es2022",
    platform: "neutral",
    minify: true, // not everyone has a bundler
    legalComments: "none",
    logLevel: "warning",
    ...options,
  });
}

/** The compiled module stays a file of its own, which the platform compiles when it deploys. */
function besideTheModule() {
  return {
    name: "beside-the-module",
    setup(build) {
      build.onResolve({ filter: /engine\.wasm$/ }, () => ({ path: "./engine.wasm", external: true }));
    },
  };
}

/** Types for ESM and, in copies, for CommonJS: only what the entries lead to. */
function declare(entries) {
  const emitted = join(dist, "declarations");
  const compiler = join(root, "node_modules/typescript/bin/tsc");
  execFileSync(process.execPath, [compiler, "-p", "tsconfig.build.json"], { cwd: root, stdio: "inherit" });
  const wanted = new Set(entries);
  for (const name of wanted) {
    const text = readFileSync(join(emitted, "src", `${name}.d.ts`), "utf8");
    const imports = /((?:from|import\() ?")(\.[^"]+)\.js(")/g;
    for (const [, , specifier] of text.matchAll(imports)) wanted.add(join(dirname(name), specifier));
    write(`${name}.d.ts`, text);
    write(`${name}.d.cts`, text.replace(imports, "$1$2.cjs$3"));
  }
  rmSync(emitted, { recursive: true });
}

function write(name, text) {
  const file = join(dist, "types", name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
