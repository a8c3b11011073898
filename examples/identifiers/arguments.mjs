// The command line.

import { fileURLToPath } from "node:url";

/** What was asked for: `"help"`, or the options. Throws with advice when an argument is wrong. */
export function parse(words) {
  const options = { requests: REQUESTS, stream: STREAM };
  for (let i = 0; i < words.length; i += 1) {
    switch (words[i]) {
      case "--help":
      case "-h":
        return "help";
      case "--requests":
        options.requests = requests(words[++i]);
        break;
      case "--stream":
        options.stream = words[++i];
        if (options.stream === undefined) throw new Error("--stream needs the path of a file");
        break;
      default:
        throw new Error(`unknown argument "${words[i]}"; --help shows what there is`);
    }
  }
  return options;
}

function requests(text = "") {
  const number = /^[0-9_]+$/.test(text) ? Number(text.replaceAll("_", "")) : 0;
  if (number > 0) return number;
  throw new Error("--requests needs a whole number from 1 up, such as 500000");
}

/** As in the Rust half. */
const REQUESTS = 1_500_000;
const STREAM = fileURLToPath(new URL("../../target/identifiers/stream.bin", import.meta.url));

export const HELP = `\
Looks up the nearest dictionary words of every identifier in the sources of the
dependencies, through a memoized function, and shows what the cache was worth.
The identifiers are those that the Rust half wrote; if it has not run yet, it is
asked to write them.

    node examples/identifiers/demo.mjs [--requests N] [--stream FILE]

  --requests N    look up the first N identifiers only (default 1500000)
  --stream FILE   where the Rust half wrote the identifiers
                  (default target/identifiers/stream.bin)
`;
