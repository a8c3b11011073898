//! The README as a stranger follows it: every block by itself, in an empty folder where the package is installed.

import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { transformSync } from "esbuild";

const root = join(import.meta.dirname, "../..");
const blocks = [...readFileSync(join(root, "README.md"), "utf8").matchAll(/^```ts( browser)?\n([^]*?)^```/gm)].map(([, where, code], at) => ({
  name: `block-${at + 1}`,
  code,
  isForBrowsers: where !== undefined,
}));
let home;

before(() => {
  home = mkdtempSync(join(tmpdir(), "cachefn-readme-"));
  const [{ filename }] = JSON.parse(npm(["pack", "--json", "--pack-destination", home], root));
  writeFileSync(join(home, "package.json"), '{ "private": true }');
  npm(["install", "--offline", "--no-audit", "--no-fund", "--no-package-lock", join(home, filename)], home);
  for (const name of ["react", "@types"]) symlinkSync(join(root, "node_modules", name), join(home, "node_modules", name));
});

after(() => rmSync(home, { recursive: true, force: true }));

test("there are blocks for every place", () => {
  assert(blocks.length > 15 && blocks.some(({ isForBrowsers }) => isForBrowsers));
});

for (const { name, code, isForBrowsers } of blocks) {
  if (isForBrowsers) continue; // the tests in browsers run them
  test(`${name} runs as it is printed: ${code.trim().split("\n").at(-1)}`, () => {
    run(`${name}.mjs`, transformSync(code, { loader: "ts" }).code);
    const required = code.replaceAll(/^import (\{[^}]*\}) from (".*");$/gm, "const $1 = require($2);");
    run(`${name}.cjs`, transformSync(`(async () => {${required}})();`, { loader: "ts" }).code);
  });
}

test("all blocks have the types that they say", () => {
  for (const { name, code } of blocks) writeFileSync(join(home, `${name}.mts`), `${code}\nexport {};\n`);
  const options = ["--noEmit", "--strict", "--module", "nodenext", "--target", "es2022", "--lib", "es2023,dom", "--types", "node,react"];
  const compiler = join(root, "node_modules/typescript/bin/tsc");
  const ended = spawnSync(process.execPath, [compiler, ...options, ...blocks.map(({ name }) => `${name}.mts`)], { cwd: home, encoding: "utf8" });
  assert.equal(ended.status, 0, ended.stdout);
});

function run(name, script) {
  writeFileSync(join(home, name), script);
  const ended = spawnSync(process.execPath, ["--unhandled-rejections=strict", name], { cwd: home, encoding: "utf8", timeout: 60_000 });
  assert.equal(ended.status, 0, `${name}: ${ended.stderr}`);
}

function npm(args, cwd) {
  return execFileSync("npm", args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
}
