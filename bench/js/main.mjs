//! J1: cachefn-wasm beside other caches of JavaScript: `node main.mjs --help`.

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { CELLS } from "./cells.mjs";
import { BASE, PEERS } from "./peers.mjs";
import { bars, medians, printed, speeds, table } from "./report.mjs";

const HELP = `\
Measures cachefn-wasm beside other caches of JavaScript.

usage: node main.mjs [--quick] [--only WORD,WORD]

  --quick   fewer and shorter rounds: shows the shape, not the last digit
  --only    the cells with any of the words in their names:
            ${Object.keys(CELLS).join("\n            ")}

The package has to be built (npm run build in npm/). The figures are also written to
bench/results/js.json.`;

/** Of all random numbers here. */
const SEED = 0x0cac_4ef0;

process.exitCode = main(process.argv.slice(2));

function main(args) {
  const options = parse(args);
  if (typeof options === "string") return say(options, 2);
  if (options.help) return say(HELP, 0);
  if (!existsSync(file("../../npm/dist/index.js"))) {
    return say("npm/dist is missing: run `npm ci` and `npm run build` in npm/", 1);
  }
  const { quick, cells } = options;
  console.log(`seed ${SEED}; Node ${process.versions.node}; medians of interleaved rounds, a process each`);
  console.log(`peers: ${Object.entries(pinned()).map((entry) => entry.join(" ")).join(", ")}\n`);
  const results = measure(cells, quick ? { rounds: 1, milliseconds: 30 } : { rounds: 7, milliseconds: 40 });
  const verdicts = bars(speeds(results));
  console.log(table("J1  ns of CPU time an operation", medians(results, "cpu"), 1));
  console.log(table(`J1  speed, x ${BASE}`, speeds(results), 2));
  console.log(table("J1  hit ratio, %", medians(results, "hitPercent"), 2));
  console.log(printed(verdicts));
  save({
    seed: SEED,
    node: process.versions.node,
    quick,
    peers: pinned(),
    cpuNs: medians(results, "cpu"),
    wallNs: medians(results, "wall"),
    hitPercent: medians(results, "hitPercent"),
    speeds: speeds(results),
    bars: verdicts,
  });
  return 0;
}

function parse(args) {
  const options = { quick: false, help: false, cells: Object.keys(CELLS) };
  for (let at = 0; at < args.length; at++) {
    if (args[at] === "--quick") options.quick = true;
    else if (args[at] === "--help" || args[at] === "-h") options.help = true;
    else if (args[at] === "--only" && at + 1 < args.length) {
      const words = args[++at].split(",");
      options.cells = options.cells.filter((cell) => words.some((word) => cell.includes(word)));
      if (options.cells.length === 0) return `no cell has any of ${words.join(", ")} in its name\n\n${HELP}`;
    } else return `unknown option ${args[at]}\n\n${HELP}`;
  }
  return options;
}

/** cell -> peer -> its costs, round by round; a peer without a cell's feature is left out. */
function measure(cells, { rounds, milliseconds }) {
  const results = {};
  for (const cell of cells) {
    const costs = Object.fromEntries(Object.keys(PEERS).map((peer) => [peer, []]));
    for (let round = 0; round < rounds; round++) {
      // One peer after the other, A B C A B C, so that what disturbs the machine disturbs all of them.
      for (const peer of Object.keys(PEERS)) {
        const cost = inProcess({ peer, cell, seed: SEED, milliseconds });
        if (cost !== null) costs[peer].push(cost);
      }
    }
    results[cell] = Object.fromEntries(Object.entries(costs).filter(([, costs]) => costs.length > 0));
  }
  return results;
}

function inProcess(task) {
  const args = ["--expose-gc", file("worker.mjs"), JSON.stringify(task)];
  const { status, stdout } = spawnSync(process.execPath, args, {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (status !== 0) throw new Error(`the process that measures ${task.peer} in "${task.cell}" failed`);
  return JSON.parse(stdout);
}

/** The pinned peers, as the manifest has them. */
function pinned() {
  return JSON.parse(readFileSync(file("package.json"), "utf8")).dependencies;
}

function save(figures) {
  mkdirSync(file("../results"), { recursive: true });
  writeFileSync(file("../results/js.json"), JSON.stringify(figures));
}

function say(text, code) {
  (code === 0 ? console.log : console.error)(text);
  return code;
}

function file(path) {
  return fileURLToPath(new URL(path, import.meta.url));
}
