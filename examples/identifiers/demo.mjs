// The demo in JavaScript: the same fuzzy search for the same identifiers, cached.

import { HELP, parse } from "./arguments.mjs";
import { CAPACITY, lookup } from "./lookup.mjs";
import { timings } from "./measure.mjs";
import { optimumHits } from "./optimum.mjs";
import { replay } from "./replay.mjs";
import { opening, table } from "./report.mjs";
import { lruHits } from "./rival.mjs";
import { Dictionary } from "./search.mjs";
import { compared, readStream, unique } from "./stream.mjs";

/** Whether all sampled answers were right, and those of the Rust half the same. */
async function run(options) {
  const corpus = readStream(options.stream);
  const dictionary = Dictionary.mostFrequent(corpus);
  const lookups = lookup(dictionary);
  console.log(opening(corpus, dictionary));

  const stream = corpus.stream.subarray(0, options.requests);
  const run = await replay(corpus.words, stream, lookups);
  const times = timings(corpus.words, stream, run, lookups);
  const facts = {
    requests: stream.length,
    unique: unique(stream),
    lruHits: lruHits(stream, CAPACITY),
    optimumHits: optimumHits(stream, CAPACITY),
    checksum: run.checksum,
  };
  const otherHalf = compared(options.stream, corpus, facts);
  console.log(table({ dictionary, run, times, facts, otherHalf }));
  return times.different === 0 && otherHalf !== "different";
}

try {
  const options = parse(process.argv.slice(2));
  if (options === "help") process.stdout.write(HELP);
  else process.exitCode = (await run(options)) ? 0 : 1;
} catch (error) {
  console.error(error.message);
  process.exitCode = 2;
}
