// What a call costs without the cache, what a hit costs, and whether the cache told the truth.

import { isDeepStrictEqual } from "node:util";

/** Milliseconds for one call and one hit, and how many samples were compared and different. */
export function timings(words, stream, { samples }, { nearest, calls }) {
  const hit = hitTime(words, stream, nearest, calls);
  const costs = [];
  const saved = [];
  let different = 0;
  for (const sample of samples) {
    const started = performance.now();
    const answer = nearest.uncached(sample.word);
    const cost = performance.now() - started;
    costs.push(cost);
    // What the cache saved is the price of the calls that were hits.
    if (sample.hit) saved.push(cost);
    if (!isDeepStrictEqual(answer, sample.answer)) different += 1;
  }
  const uncachedMeanOfHits = saved.reduce((sum, cost) => sum + cost, 0) / Math.max(1, saved.length);
  return { uncachedMedian: median(costs), uncachedMeanOfHits, hit, compared: costs.length, different };
}

/** The median over rounds of one hit. */
function hitTime(words, stream, nearest, calls) {
  const resident = residents(words, stream, nearest);
  const before = calls();
  const rounds = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const started = performance.now();
    for (let i = 0; i < resident.length; i += 1) nearest(resident[i]);
    rounds.push((performance.now() - started) / resident.length);
  }
  if (calls() !== before) throw new Error("a resident word was not a hit");
  return median(rounds);
}

/** The words asked for last that are still in the cache. */
function residents(words, stream, nearest) {
  const seen = new Set();
  const resident = [];
  for (let place = stream.length - 1; place >= 0 && resident.length < RESIDENTS; place -= 1) {
    const number = stream[place];
    if (seen.has(number)) continue;
    seen.add(number);
    if (nearest.cache.has(nearest.key(words[number]))) resident.push(words[number]);
  }
  return resident;
}

function median(numbers) {
  return numbers.toSorted((left, right) => left - right)[numbers.length >> 1];
}

const RESIDENTS = 1_000;
const ROUNDS = 200;
