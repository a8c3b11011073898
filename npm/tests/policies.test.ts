//! Who leaves under each policy, checked against the vectors by hash alone.

import { describe, expect, test } from "vitest";
import { DELETED, EVICTED, POLICIES, type Policy } from "../src/engine/codes.js";
import { Slots } from "../src/engine/slots.js";
import { inlineEngine } from "../src/load/inline.js";
import { manualClock } from "../src/testing.js";
import { Now } from "../src/time.js";
import { casesOf, refuseOthers, vectors } from "./support/vectors.js";

interface Steps {
  readonly capacity: number;
  readonly hashes: readonly number[];
  readonly steps: readonly number[];
  readonly hits: number;
  readonly victims: readonly number[];
}

/** Whole numbers as keys, under the hashes they are given. */
class Numbers extends Slots {
  readonly victims: number[] = [];
  hits = 0;
  readonly #hashes: readonly number[];
  readonly #time = new Now(manualClock(), 1);

  constructor(policy: Policy, { capacity, hashes }: Steps) {
    super(inlineEngine(), { maxEntries: capacity, maxWeight: 0, policy });
    this.#hashes = hashes;
  }

  ask(key: number): void {
    const hash = (this.#hashes[key] as number) | 0;
    const found = this.findNumber(key, hash);
    if (found >= 0) {
      this.hits++;
      this.hit(found, this.#time);
      return;
    }
    const slot = this.insert(hash, 0, 0);
    this.settle();
    this.entries[slot << 1] = key;
  }

  drop(key: number): void {
    const slot = this.findNumber(key, (this.#hashes[key] as number) | 0);
    if (slot >= 0) this.remove(slot, 0, DELETED);
  }

  protected override slotLeft(slot: number, cause: number): void {
    if (cause === EVICTED) this.victims.push(this.entries[slot << 1] as number);
    this.entries[slot << 1] = undefined;
  }

  protected override tagLeft(): void {
    throw new Error("no entry has a tag");
  }
}

describe.each(POLICIES)("s_10 %s lets go whom the vectors say", (policy) => {
  const file = `policies/${policy}.json`;

  test("in a file of its own", () => {
    refuseOthers(vectors.get(file) as object, ["rules", "policy", "cases"]);
    expect(vectors.get(file)?.["policy"]).toBe(policy);
  });

  test.each(casesOf(file, "cases"))("$about, capacity $capacity", (one) => {
    refuseOthers(one, ["capacity", "hashes", "steps", "hits", "victims"]);
    const facts = one as unknown as Steps;
    const cache = new Numbers(policy, facts);
    for (const [at, step] of facts.steps.entries()) {
      const left = cache.victims.length;
      if (step >= 0) cache.ask(step);
      else cache.drop(-1 - step);
      if (cache.victims.length > left) expect(cache.victims[left], `step ${at}`).toBe(facts.victims[left]);
    }
    expect([cache.hits, cache.victims.length]).toEqual([facts.hits, facts.victims.length]);
  });
});

test("there are vectors for these policies only", () => {
  const files = [...vectors.keys()].filter((file) => file.startsWith("policies/"));
  expect(files.sort()).toEqual([...POLICIES].sort().map((policy) => `policies/${policy}.json`));
});
