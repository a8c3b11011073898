//! Takes the package, as it is published, through every tool: `node main.mjs [NAME…]`.

import { spawnSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { installPackage } from "../runtimes/build.mjs";
import { MARK } from "../runtimes/common/run.mjs";
import { BUNDLERS } from "./bundlers.mjs";
import { CHECKS } from "./checks.mjs";
import { next } from "./next.mjs";

const here = import.meta.dirname;
const names = process.argv.slice(2);
installPackage(here);
rmSync(join(here, "built"), { recursive: true, force: true });

let [passed, failed] = [0, 0];
for (const [name, bundler] of Object.entries(BUNDLERS)) {
  await show(name, async () => {
    const [full, plain] = [await bundler("main"), await bundler("plain")];
    return { "output in Node": execute(full), "what is not used is left out": leavesOut(full, plain) };
  });
}
await show("next", next);
for (const [name, check] of Object.entries(CHECKS)) await show(name, check);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 || passed === 0 ? 1 : 0); // some bundlers leave threads behind

/** Runs one line of the table, or several. */
async function show(name, work) {
  if (names.length > 0 && !names.includes(name)) return;
  const started = performance.now();
  const places = await work().catch((error) => ({ "": { passed: 0, failures: [error?.stack ?? String(error)] } }));
  const took = `${((performance.now() - started) / 1000).toFixed(1)} s`;
  for (const [place, result] of Object.entries(places)) {
    passed += result.passed;
    failed += result.failures.length;
    const words = [name.padEnd(12), versionOf(name).padEnd(10), place.padEnd(40)];
    console.log(`${words.join(" ")} ${String(result.passed).padStart(4)} held, ${result.failures.length} did not (${took})`);
    for (const failure of result.failures.slice(0, 5)) console.log(`  FAILED ${failure.replaceAll("\n", "\n    ").slice(0, 4000)}`);
  }
}

function execute(script) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script], { encoding: "utf8", timeout: 60_000 });
  const line = stdout.split("\n").find((line) => line.startsWith(MARK));
  if (status !== 0 || line === undefined) return { passed: 0, failures: [`the output ended with ${status}: ${stdout}${stderr}`] };
  return JSON.parse(line.slice(MARK.length));
}

/** The plain program runs, and has nothing of the asynchronous cache, of IndexedDB and of tabs, by words that minifiers leave. */
function leavesOut(full, plain) {
  const { passed, failures } = execute(plain);
  const texts = [full, plain].map((script) => readFileSync(script, "utf8"));
  const wrong = ["maxPending", "durability", "lockTimeout"].filter((word) => !texts[0].includes(word) || texts[1].includes(word));
  return { passed: passed + 3 - wrong.length, failures: [...failures, ...wrong.map((word) => `${word} is not where it should be`)] };
}

function versionOf(name) {
  const tool = { attw: "@arethetypeswrong/cli" }[name] ?? name;
  return JSON.parse(readFileSync(join(here, "node_modules", tool, "package.json"), "utf8")).version;
}
