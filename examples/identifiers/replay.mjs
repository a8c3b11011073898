// Sends the stream through the memoized function.

import { Progress } from "./progress.mjs";
import { Random } from "./random.mjs";

/** What the run gave: calls, hits, milliseconds taken, a checksum over all answers, samples. */
export async function replay(words, stream, { nearest, calls }) {
  const random = new Random(SEED);
  const places = Array.from({ length: SAMPLES }, () => random.below(stream.length));
  places.sort((left, right) => left - right);

  const samples = [];
  let checksum = CHECKSUM_START;
  const progress = new Progress(stream.length);
  const started = performance.now();
  for (let place = 0; place < stream.length; place += 1) {
    const word = words[stream[place]];
    const callsBefore = calls();
    const answer = nearest(word);
    for (let i = 0; i < answer.length; i += 1) checksum = add(checksum, answer[i]);
    while (places[samples.length] === place) {
      samples.push({ word, answer, hit: calls() === callsBefore });
    }
    if (progress.isDue(place + 1)) await progress.show(place + 1);
  }
  const taken = performance.now() - started;
  progress.end();
  const { hits } = nearest.cache.stats();
  return { calls: calls(), hits, taken, checksum: checksum >>> 0, samples };
}

/** FNV-1a over whole numbers instead of bytes. */
function add(checksum, { rank, distance }) {
  return Math.imul(Math.imul(checksum ^ rank, CHECKSUM_FACTOR) ^ distance, CHECKSUM_FACTOR);
}

const SAMPLES = 500;
const SEED = 20_250;
const CHECKSUM_START = 0x811c_9dc5;
const CHECKSUM_FACTOR = 0x0100_0193;
