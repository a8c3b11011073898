//! Runs the package, as it is published, in every place of the table: `node main.mjs [NAME…]`.

import { bundleVectors, installPackage } from "./build.mjs";
import { RUNTIMES, run } from "./runtimes.mjs";

const names = process.argv.slice(2);
const unknown = names.filter((name) => !RUNTIMES.some((runtime) => runtime.name === name));
if (unknown.length > 0) {
  console.error(`no place is called ${unknown.join(", ")}; there are ${RUNTIMES.map(({ name }) => name).join(", ")}`);
  process.exit(2);
}
installPackage(import.meta.dirname);
await bundleVectors();

let [passed, failed] = [0, 0];
for (const runtime of RUNTIMES.filter(({ name }) => names.length === 0 || names.includes(name))) {
  const started = performance.now();
  const { version, places } = await run(runtime);
  const whole = performance.now() - started;
  for (const [place, result] of Object.entries(places)) {
    passed += result.passed;
    failed += result.failures.length;
    const words = [runtime.name.padEnd(12), version.padEnd(14), (place || runtime.about).padEnd(40)];
    const took = `${((result.took ?? whole) / 1000).toFixed(1)} s`;
    const why = result.why === undefined ? "" : `: ${result.why}`;
    console.log(`${words.join(" ")} ${String(result.passed).padStart(4)} held, ${result.failures.length} did not (${took})${why}`);
    for (const failure of result.failures.slice(0, 5)) console.log(`  FAILED ${failure.replaceAll("\n", "\n    ")}`);
  }
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
