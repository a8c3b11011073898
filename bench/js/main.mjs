//! J1 to J6: cachefn-wasm beside other caches of JavaScript: `node main.mjs --help`.

import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { MEASUREMENTS } from "./measurements/measurements.mjs";
import { parse } from "./options.mjs";
import { draw } from "./report/pictures.mjs";
import { printed, verdict } from "./report/bars.mjs";
import { saved } from "./report/results.mjs";
import { sizeOf } from "./runtimes/bundle.mjs";
import { HERE, RUNTIMES } from "./runtimes/runtimes.mjs";

/** Of all random numbers here. */
const SEED = 0x0cac_4ef0;

process.exitCode = await main(process.argv.slice(2));

async function main(args) {
  const options = parse(args);
  if (options.text !== undefined) return say(options.text, options.code);
  if (!existsSync(file("../../npm/dist/index.js"))) {
    return say("npm/dist is missing: run `npm ci` and `npm run build` in npm/", 1);
  }
  console.log(`seed ${SEED}; medians of interleaved rounds, a process or page for each figure`);
  console.log(`peers:\n${wrapped(Object.entries(pinned()).map((peer) => peer.join(" ")))}\n`);
  const everything = [];
  let results;
  for (const name of options.runtimes) {
    const runtime = await RUNTIMES[name]();
    try {
      console.log(`== ${runtime.name}: ${runtime.version} ==\n`);
      const own = await inRuntime(runtime, options);
      everything.push(...own.bars);
      results = saved({ seed: SEED, peers: pinned() }, runtime, options.quick, own);
    } finally {
      await runtime.close();
    }
  }
  draw(results, [...new Set([HERE, ...Object.keys(RUNTIMES)])], options.plots);
  console.log(verdict(everything));
  return 0;
}

/** The figures of all measurements that were asked for and can be made there, with their bars. */
async function inRuntime(runtime, { only, cells, quick }) {
  const [figures, bars] = [{}, []];
  for (const id of only) {
    const measurement = await MEASUREMENTS[id]();
    const chosen = Object.keys(measurement.cells).filter((cell) => cells.some((word) => cell.includes(word)));
    if (measurement.only !== undefined && !measurement.only.includes(runtime.kind)) continue;
    if (chosen.length === 0) continue;
    const results = await inTurn(runtime, id, measurement, chosen, measurement.rounds(quick));
    figures[id] = results;
    for (const table of measurement.tables(results, runtime)) console.log(table.text);
    bars.push(...measurement.bars(results, runtime).map((bar) => ({ ...bar, where: runtime.name })));
  }
  if (bars.length > 0) console.log(printed(`Bars in ${runtime.name}`, bars));
  return { figures, bars };
}

/** cell -> contender -> its figures, round by round; who lacks what the cell needs is left out. */
async function inTurn(runtime, id, { contenders, cells }, chosen, { rounds, milliseconds, seconds = 30 }) {
  const results = {};
  const lost = new Set();
  for (const cell of chosen) {
    const rows = Object.fromEntries(Object.keys(contenders).map((contender) => [contender, []]));
    const here = cells[cell].here === true;
    for (let round = 0; round < (here ? 1 : rounds); round++) {
      // One after the other, A B C A B C, so that what disturbs the machine disturbs all of them.
      for (const contender of Object.keys(contenders)) {
        if (lost.has(`${cell} ${contender}`)) continue;
        const task = { measurement: id, contender, cell, seed: SEED, milliseconds };
        const figures = here ? { bytes: await sizeOf(contenders[contender].entry) } : await ran(runtime, task, seconds);
        if (figures === null) lost.add(`${cell} ${contender}`);
        else rows[contender].push(figures);
      }
    }
    results[cell] = Object.fromEntries(
      Object.entries(rows).filter(([contender, own]) => own.length > 0 && !lost.has(`${cell} ${contender}`)),
    );
  }
  return results;
}

/** A peer that fails is named and left out; ours has to work. */
async function ran(runtime, task, seconds) {
  try {
    return await runtime.run(task, seconds);
  } catch (error) {
    if (task.contender.startsWith("cachefn")) throw error;
    console.log(`left out: ${task.contender} in ${task.cell}: ${String(error.message ?? error).split("\n")[0].slice(0, 200)}`);
    return null;
  }
}

/** The pinned peers, as the manifest has them. */
function pinned() {
  return JSON.parse(readFileSync(file("package.json"), "utf8")).dependencies;
}

function wrapped(words) {
  const lines = [" "];
  for (const word of words) {
    if (lines.at(-1).length + word.length > 76) lines.push(" ");
    lines.push(`${lines.pop()} ${word},`);
  }
  return lines.join("\n").replace(/,$/, "");
}

function say(text, code) {
  (code === 0 ? console.log : console.error)(text);
  return code;
}

function file(path) {
  return fileURLToPath(new URL(path, import.meta.url));
}
