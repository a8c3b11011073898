//! The playground as people use it, in three browsers: `node main.mjs [NAME…]`.

import { spawnSync } from "node:child_process";
import { join } from "node:path";

const BROWSERS = ["chromium", "firefox", "webkit"];
const names = process.argv.slice(2);
const unknown = names.filter((name) => !BROWSERS.includes(name));
if (unknown.length > 0) {
  console.error(`no browser is called ${unknown.join(", ")}; there are ${BROWSERS.join(", ")}`);
  process.exit(2);
}
// What drives them wants a newer Node than the package does.
const node = join(import.meta.dirname, `../../../npm/runtimes/node_modules/node-24-${process.arch}/bin/node`);
const LIMIT = 600_000; // milliseconds
let [passed, failed] = [0, 0];
for (const name of BROWSERS.filter((name) => names.length === 0 || names.includes(name))) {
  const { stdout, stderr, status, error } = spawnSync(node, [join(import.meta.dirname, "run.mjs"), name], { encoding: "utf8", timeout: LIMIT });
  process.stdout.write(stdout ?? "");
  const [, held, not] = /(\d+) held, (\d+) did not/.exec(stdout ?? "") ?? [];
  if (held === undefined) console.log(`  FAILED ${name}: it ended with ${error?.message ?? status}\n${stderr ?? ""}`);
  passed += Number(held ?? 0);
  failed += Number(not ?? 1);
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
