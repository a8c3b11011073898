//! What the command line asks for.

import { MEASUREMENTS } from "./measurements/measurements.mjs";
import { HERE, RUNTIMES } from "./runtimes/runtimes.mjs";

const NAMES = Object.keys(MEASUREMENTS);

export const HELP = `\
Measures cachefn-wasm beside other caches of JavaScript.

usage: node main.mjs [--quick] [--only J1,J2] [--cells WORD,WORD]
                     [--runtime NAME,NAME|all] [--plots FOLDER]

  --quick    fewer and shorter rounds: shows the shape, not the last digit
  --only     the measurements: ${NAMES.join(", ")}
  --cells    the cells with any of the words in their names, such as "hit"
  --runtime  where: ${Object.keys(RUNTIMES).join(", ")} or all; ${HERE} unless said
  --plots    where pictures go, beside those in the results

The package has to be built (npm run build in npm/). Figures go to
bench/results/js.json, where those of other runtimes and measurements stay.`;

/** The options, or `{ text, code }` to print instead and end with. */
export function parse(args) {
  const options = { quick: false, only: NAMES, cells: [""], runtimes: [HERE], plots: undefined };
  for (let at = 0; at < args.length; at++) {
    const option = args[at];
    if (option === "--help" || option === "-h") return { text: HELP, code: 0 };
    if (option === "--quick") {
      options.quick = true;
      continue;
    }
    if (!TAKING.includes(option)) return wrong(`unknown option ${option}`);
    const value = args[++at];
    if (value === undefined) return wrong(`${option} needs a value`);
    const words = value.split(",");
    if (option === "--plots") options.plots = value;
    else if (option === "--cells") options.cells = words;
    else if (option === "--only") {
      options.only = words.map((word) => word.toUpperCase());
      const unknown = options.only.find((name) => !NAMES.includes(name));
      if (unknown !== undefined) return wrong(`no measurement ${unknown}; there are ${NAMES.join(", ")}`);
    } else {
      options.runtimes = value === "all" ? Object.keys(RUNTIMES) : words;
      const unknown = options.runtimes.find((name) => !(name in RUNTIMES));
      if (unknown !== undefined) return wrong(`no runtime ${unknown}; there are ${Object.keys(RUNTIMES).join(", ")}`);
    }
  }
  return options;
}

function wrong(detail) {
  return { text: `${detail}\n\n${HELP}`, code: 2 };
}

const TAKING = ["--only", "--cells", "--runtime", "--plots"];
