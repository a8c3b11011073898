//! Makes dist/: small scripts for ESM, CommonJS and edge workers, and the types of each.

import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, transform } from "esbuild";
import { reachable } from "./declarations.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const dist = join(root, "dist");
const TARGET = "es2022";
/** For platforms that compile the module; nothing is required there. */
const WORKERD = "index.workerd";

if (!existsSync(join(root, "generated/engine.ts"))) {
  console.error("build: generated/engine.ts is missing; run `cargo xtask wasm` in the repository first");
  process.exit(1);
}
rmSync(dist, { recursive: true, force: true });
mkdirSync(dist);
copyFileSync(join(root, "generated/engine.wasm"), join(dist, "engine.wasm"));
for (const license of ["LICENSE-MIT", "LICENSE-APACHE"]) copyFileSync(join(root, "..", license), join(dist, license));
await bundle({ entryPoints: entries(), format: "esm", splitting: true, chunkNames: "shared-[hash]", plugins: [besideTheModule()] });
await required();
declare([...new Set(exported("types", /^\.\/dist\/types\/(.+)\.d\.ts$/))]);

/** The sources of the scripts that the exports of the package name. */
function entries() {
  const source = (name) => [`src/index.${name}.ts`, `src/${name}.ts`].find((path) => existsSync(join(root, path)));
  const names = [...exported("default", /^\.\/dist\/(.+)\.js$/), WORKERD];
  return Object.fromEntries(names.map((name) => [name, source(name)]));
}

function exported(what, pattern) {
  const { exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  return Object.values(exports).flatMap((target) => pattern.exec(target.import?.[what])?.[1] ?? []);
}

function bundle(options) {
  return build({
    absWorkingDir: root,
    bundle: true,
    outdir: dist,
    target: TARGET,
    platform: "neutral",
    minify: true, // not everyone has a bundler
    legalComments: "none",
    external: ["react"],
    logLevel: "warning",
    ...options,
  });
}

/** The same scripts for CommonJS, one for one: what entries share, they share there, too. */
async function required() {
  const scripts = readdirSync(dist).filter((name) => name.endsWith(".js") && name !== `${WORKERD}.js`);
  for (const name of scripts) {
    const { code } = await transform(readFileSync(join(dist, name), "utf8"), { format: "cjs", platform: "node", minify: true, target: TARGET });
    writeFileSync(join(dist, name.replace(/js$/, "cjs")), code.replaceAll(/(require\("\.\/[^"]*)\.js"\)/g, '$1.cjs")'));
  }
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

/** Types for ESM and, in copies, for CommonJS. */
function declare(entries) {
  const emitted = join(dist, "declarations");
  const compiler = join(root, "node_modules/typescript/bin/tsc");
  execFileSync(process.execPath, [compiler, "-p", "tsconfig.build.json"], { cwd: root, stdio: "inherit" });
  for (const [name, text] of reachable(join(emitted, "src"), entries)) {
    write(`${name}.d.ts`, text);
    write(`${name}.d.cts`, text.replaceAll(/(from "\.[^"]+)\.js"/g, '$1.cjs"'));
  }
  rmSync(emitted, { recursive: true });
}

function write(name, text) {
  const file = join(dist, "types", name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
