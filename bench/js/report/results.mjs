//! The file of all figures: those of a run replace what the same runtime and measurement had before.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const FOLDER = fileURLToPath(new URL("../../results/", import.meta.url));

/**
 * Saves what was measured in a runtime beside what there is, as long as that belongs to the same peers;
 * gives everything: runtimes by name, in each `version` and measurements with `quick`, `results` and `bars`.
 */
export function saved({ seed, peers }, { name, version, unit }, quick, { figures, bars }) {
  const before = earlier();
  const fits = before !== undefined && JSON.stringify(before.peers) === JSON.stringify(peers);
  const all = fits ? before : { seed, peers, runtimes: {} };
  const known = all.runtimes[name];
  const runtime = known !== undefined && known.version === version ? known : { version, unit, measurements: {} };
  for (const [id, results] of Object.entries(figures)) {
    runtime.measurements[id] = { quick, results, bars: bars.filter((bar) => bar.id === id) };
  }
  all.runtimes[name] = runtime;
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(`${FOLDER}js.json`, JSON.stringify(all));
  return all;
}

/** Writes a picture into the results and, if asked, into another folder. */
export function picture(name, text, folder) {
  for (const place of [FOLDER, folder]) {
    if (place === undefined) continue;
    mkdirSync(place, { recursive: true });
    writeFileSync(`${place}/${name}.svg`, text);
  }
}

function earlier() {
  try {
    const figures = JSON.parse(readFileSync(`${FOLDER}js.json`, "utf8"));
    return figures.runtimes === undefined ? undefined : figures;
  } catch {
    return undefined;
  }
}
