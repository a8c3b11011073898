//! The package as others get it: packed, installed, imported and required, typed, bundled for the edge.

import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
let home;
let installed;
let files;

before(() => {
  assert(existsSync(join(root, "dist/index.js")), "dist/ is missing; run `npm run build` first");
  home = mkdtempSync(join(tmpdir(), "cachefn-package-"));
  const [packed] = JSON.parse(npm(["pack", "--json", "--pack-destination", home], root));
  files = packed.files.map(({ path }) => path);
  writeFileSync(join(home, "package.json"), '{ "private": true, "type": "module" }');
  npm(["install", "--offline", "--no-audit", "--no-fund", "--no-package-lock", join(home, packed.filename)], home);
  installed = join(home, "node_modules/cachefn-wasm");
});

after(() => rmSync(home, { recursive: true, force: true }));

test("the package holds what its exports name, and no sources, tests or maps of this machine", () => {
  for (const path of targets(manifest.exports)) {
    assert(existsSync(join(installed, path)), `${path} is missing`);
  }
  assert.deepEqual(
    files.filter((path) => !path.startsWith("dist/")),
    ["README.md", "package.json"],
  );
  assert(files.includes("dist/LICENSE-MIT") && files.includes("dist/LICENSE-APACHE"));
  for (const path of files.filter((path) => /\.(c?js|d\.c?ts|md)$/.test(path))) {
    assert(!readFileSync(join(installed, path), "utf8").includes(root), `${path} names a folder of this machine`);
  }
});

test("it needs no other package", () => {
  assert.equal(manifest.dependencies, undefined);
  assert.deepEqual(manifest.sideEffects, ["./dist/devtools.js", "./dist/devtools.cjs"]); // they make an element known
});

const body = `
  const cache = createCache({ maxEntries: 2, ttl: "1m", clock: manualClock() });
  cache.set("a", 1, { tags: ["t"] });
  assert.equal(cache.get("a"), 1);
  cache.invalidateByTag("t");
  assert.equal(cache.get("a"), undefined);
  const area = memoize((w, h) => w * h);
  assert.equal(area(2, 3) + area(2, 3), 12);
  assert.equal(area.cache.stats().hits, 1);
  assert(Glob.prefix("a").matches("ab"));
  assert.throws(() => createCache({ ttl: "x" }), CachefnError);
`;

test("it works when imported", () => {
  run(
    "esm.mjs",
    `import assert from "node:assert/strict";
    import { CachefnError, createCache, Glob, memoize } from "cachefn-wasm";
    import { manualClock } from "cachefn-wasm/testing";
    ${body}`,
  );
});

test("it works when required", () => {
  run(
    "common.cjs",
    `const assert = require("node:assert/strict");
    const { CachefnError, createCache, Glob, memoize } = require("cachefn-wasm");
    const { manualClock } = require("cachefn-wasm/testing");
    ${body}`,
  );
});

test("h_43 imported and required in one program, the two copies share nothing and understand each other", () => {
  run(
    "both.mjs",
    `import assert from "node:assert/strict";
    import { createRequire } from "node:module";
    import * as imported from "cachefn-wasm";
    import { manualClock } from "cachefn-wasm/testing";
    const required = createRequire(import.meta.url)("cachefn-wasm");
    assert.notEqual(imported.memoize, required.memoize);
    const clock = manualClock();
    const one = imported.memoize((n) => n + 1, { ttl: "5s", clock });
    const both = required.memoize((n) => one(n) * 2, { ttl: "5s", clock, maxEntries: 2 });
    assert.deepEqual([both(1), both(1), one(1), both(2), both(3)], [4, 4, 2, 6, 8]);
    assert.deepEqual([one.cache.size, both.cache.size, one.cache.stats().hits], [3, 2, 1]);
    clock.advance("5s");
    assert.deepEqual([one.cache.size, both.cache.size], [0, 0]);
    const again = required.memoize(one);
    assert.deepEqual([again(1), again.uncached === one], [2, true]);
    const weak = required.memoize((f) => f.name, { weakKeys: true });
    assert.equal(weak(one), weak(one));
    try {
      required.createCache({ ttl: "x" });
    } catch (error) {
      assert.deepEqual([error.name, error.code], ["CachefnError", "config"]);
    }`,
  );
});

test("h_43 every condition leads to the same names and nothing else", async () => {
  const names = ["CachefnError", "Glob", "createCache", "memoize"];
  const print = "console.log(JSON.stringify(Object.keys(found).sort()))";
  for (const subpath of ["cachefn-wasm", "cachefn-wasm/no-wasm"]) {
    const imported = run("names.mjs", `import * as found from "${subpath}"; ${print}`);
    const required = run("names.cjs", `const found = require("${subpath}"); ${print}`);
    assert.deepEqual([JSON.parse(imported), JSON.parse(required)], [names, names]);
  }
  const worker = readFileSync(join(installed, "dist/index.workerd.js"), "utf8");
  const exported = /export ?\{([^}]*)\};?\s*$/.exec(worker)?.[1] ?? "";
  assert.deepEqual(exported.split(",").map((name) => name.split(" as ").at(-1).trim()).sort(), names);
});

test("h_43 the edge worker's entry imports one compiled module and never compiles", () => {
  const imported = new Set();
  for (const file of reachedFrom("index.workerd.js", imported)) {
    const script = readFileSync(join(installed, "dist", file), "utf8");
    assert(!/WebAssembly\.Module|WebAssembly\.compile|\beval\b|new Function/.test(script), file);
  }
  assert.deepEqual([...imported], ["./engine.wasm"]);
});

test("h_43 the entry without WebAssembly never names it", () => {
  for (const file of reachedFrom("no-wasm.js")) {
    const script = readFileSync(join(installed, "dist", file), "utf8");
    assert(!/\bWebAssembly\b|\beval\b|new Function/.test(script), file);
  }
});

for (const [condition, file] of [["workerd", "index.workerd.js"], ["edge-light", "no-wasm.js"]]) {
  test(`h_43 the condition ${condition} works where only the platform compiles`, () => {
    // Stands for the platform: a file that ends in .wasm is a module that is compiled already.
    const hook = `import { readFile } from "node:fs/promises";
      export async function load(url, context, next) {
        if (!url.endsWith(".wasm")) return next(url, context);
        const bytes = JSON.stringify([...(await readFile(new URL(url)))]);
        const source = "export default new WebAssembly.Module(new Uint8Array(" + bytes + "));";
        return { format: "module", shortCircuit: true, source };
      }`;
    writeFileSync(join(home, "hook.mjs"), hook);
    writeFileSync(join(home, "register.mjs"), 'import { register } from "node:module"; register("./hook.mjs", import.meta.url);');
    run(
      "worker.mjs",
      `import assert from "node:assert/strict";
      import { CachefnError, createCache, Glob, memoize } from "cachefn-wasm";
      import { manualClock } from "cachefn-wasm/testing";
      assert.match(import.meta.resolve("cachefn-wasm"), /${file}$/);
      WebAssembly.Module = class { constructor() { throw new Error("compiling is forbidden here"); } };
      ${body}`,
      ["--conditions", condition, "--import", "./register.mjs"],
    );
  });
}

test("a clear error names the entry to use where WebAssembly must not be compiled, and that one works", () => {
  run(
    "forbidden.mjs",
    `import assert from "node:assert/strict";
    import { CachefnError, createCache } from "cachefn-wasm";
    import * as other from "cachefn-wasm/no-wasm";
    WebAssembly.Module = class { constructor() { throw new WebAssembly.CompileError("forbidden"); } };
    assert.throws(() => createCache(), (error) => error.code === "unavailable" && /cachefn-wasm\\/no-wasm/.test(error.message)
      && error.cause instanceof WebAssembly.CompileError);
    assert.equal(other.memoize((n) => n * 2)(21), 42);
    assert.equal(other.CachefnError, CachefnError);`,
  );
});

test("h_43 all subpaths share one package, whether imported or required", () => {
  const same = `assert.equal(one.CachefnError, other.CachefnError);
    assert.throws(() => one.createCache({ ttl: "x" }), other.CachefnError);`;
  run("shared.mjs", `import assert from "node:assert/strict"; import * as one from "cachefn-wasm"; import * as other from "cachefn-wasm/no-wasm"; ${same}`);
  run("shared.cjs", `const assert = require("node:assert/strict"); const one = require("cachefn-wasm"); const other = require("cachefn-wasm/no-wasm"); ${same}`);
});

test("the module that a user brings is the one of the package", () => {
  run(
    "slim.mjs",
    `import assert from "node:assert/strict";
    import { readFileSync } from "node:fs";
    import { withModule } from "cachefn-wasm/slim";
    const file = new URL(import.meta.resolve("cachefn-wasm/engine.wasm"));
    const { memoize } = withModule(await WebAssembly.compile(readFileSync(file)));
    assert.equal(memoize((n) => n * 2)(21), 42);`,
  );
});

test("a program that only memoises ends by itself", () => {
  const began = process.hrtime.bigint();
  run(
    "ends.mjs",
    `import { memoize } from "cachefn-wasm";
    const user = memoize(async (id) => ({ id }), { ttl: "1h" });
    await user("7");
    await user("7");`,
  );
  assert(Number(process.hrtime.bigint() - began) / 1e9 < 10);
});

test("h_43 importing has no side effects, so that unused parts are dropped", async () => {
  const { build } = await import("esbuild");
  const { outputFiles } = await build({
    stdin: { contents: 'import { createCache } from "cachefn-wasm"; import "cachefn-wasm/testing";', resolveDir: home },
    bundle: true,
    format: "esm",
    logLevel: "error",
    write: false,
  });
  assert.equal(outputFiles[0].text.trim(), "");
});

test("h_43 it bundles for a browser without configuration, and the bundle runs", async () => {
  const { build } = await import("esbuild");
  const outfile = join(home, "bundle.mjs");
  await build({
    stdin: { contents: 'import { memoize } from "cachefn-wasm"; console.log(memoize((n) => n * 2)(21));', resolveDir: home },
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    outfile,
  });
  assert.equal(execFileSync(process.execPath, [outfile], { encoding: "utf8" }).trim(), "42");
});

/** The scripts of the package that one of them leads to, itself first; what else they import goes into `others`. */
function reachedFrom(entry, others = new Set()) {
  const reached = new Set([entry]);
  for (const file of reached) {
    const script = readFileSync(join(installed, "dist", file), "utf8");
    for (const [, name] of script.matchAll(/\b(?:from|import) ?"([^"]+)"/g)) {
      if (name.endsWith(".js")) reached.add(name.replace("./", ""));
      else others.add(name);
    }
  }
  return reached;
}

function run(name, script, options = []) {
  writeFileSync(join(home, name), script);
  const ended = spawnSync(process.execPath, [...options, name], { cwd: home, encoding: "utf8", timeout: 60_000 });
  assert.equal(ended.status, 0, `${name}: ${ended.stderr}`);
  return ended.stdout;
}

function npm(args, cwd) {
  return execFileSync("npm", args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
}

function targets(exports) {
  return typeof exports === "string" ? [exports] : Object.values(exports).flatMap(targets);
}
