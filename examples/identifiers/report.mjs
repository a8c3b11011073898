// What is shown: the opening and the table at the end.

import { CAPACITY } from "./lookup.mjs";
import { MATCHES } from "./search.mjs";
import { grouped, span } from "./text.mjs";

/** What the program is about to do. */
export function opening({ words, stream }, dictionary) {
  const [requests, different, size] = [stream, words, dictionary.words].map(({ length }) => grouped(length));
  return `\
${requests} identifiers, ${different} different. For each of them the ${MATCHES} nearest of ${size}
words, through memoize(nearest, { maxEntries: ${CAPACITY}, policy: "s3-fifo" }):
`;
}

/** All that is shown. */
export function table({ dictionary, run, times, facts, otherHalf }) {
  const { requests, unique } = facts;
  const share = CAPACITY / unique;
  const room = share < 1 ? `${(share * 100).toFixed(0)} % of them` : "all of them fit";
  const policy = (name, hits, calls) => {
    const ratio = `${((hits * 100) / requests).toFixed(2)} %`;
    return columns(name, grouped(hits), grouped(calls), ratio);
  };
  const saved = Math.max(0, run.hits * (times.uncachedMeanOfHits - times.hit));
  return [
    "",
    row("requests", grouped(requests)),
    row("unique identifiers", grouped(unique)),
    row("capacity of the cache", grouped(CAPACITY), room),
    "",
    columns("", "hits", "calls", "hit ratio"),
    policy("s3-fifo, as it ran", run.hits, run.calls),
    policy("lru, same capacity", facts.lruHits, requests - facts.lruHits),
    policy("optimum, knows the future", facts.optimumHits, requests - facts.optimumHits),
    "",
    row("one call without the cache", span(times.uncachedMedian), "median of the samples"),
    row("one hit", `${(times.hit * 1e6).toFixed(0)} ns`, "median over resident words"),
    row("time taken", span(run.taken)),
    row("time saved", span(saved), "estimate: hits x (mean call - hit)"),
    "",
    row("samples compared", grouped(times.compared), verdict(times.different)),
    row("checksum of all answers", run.checksum.toString(16).padStart(8, "0"), OTHER_HALF[otherHalf]),
    "",
    closing(requests, times.different, otherHalf),
  ].join("\n");
}

function verdict(different) {
  if (different === 0) return "all equal to the uncached function";
  return `${different} DIFFER from the uncached function`;
}

function closing(requests, different, otherHalf) {
  if (different > 0) return `demo failed: ${different} samples were answered wrongly`;
  if (otherHalf === "different") return "demo failed: the Rust half found something else";
  return `demo passed: ${grouped(requests)} requests answered, samples all right`;
}

function row(name, value, remark = "") {
  return `  ${name.padEnd(26)}${value.padStart(14)}  ${remark}`.trimEnd();
}

function columns(name, ...values) {
  return `  ${name.padEnd(26)}${values.map((value) => value.padStart(14)).join("")}`;
}

const OTHER_HALF = {
  equal: "equal to that of the Rust half",
  different: "NOT what the Rust half found",
  unknown: "not compared: run the Rust half too",
};
