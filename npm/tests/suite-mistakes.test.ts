//! Every case of the suite for storages can fail: a mistake fails each.

import { expect, test } from "vitest";
import { plainMemoryStorage } from "../src/storages/memory.js";
import { describeStorage } from "../src/testing.js";
import { MISTAKES, opener } from "./support/mistakes.js";

type Case = [title: string, run: () => Promise<void>];

function cases(open: Parameters<typeof describeStorage>[1]): Case[] {
  const declared: Case[] = [];
  describeStorage("", open, { test: (name, run) => declared.push([name.slice(2), run]), values: "clone", largest: 10_000 });
  return declared;
}

const titles = cases(() => plainMemoryStorage()).map(([title]) => title);

test.each(MISTAKES.map((mistake) => [mistake[0], mistake] as const))("it is found that %s", async (_, mistake) => {
  for (const beginning of mistake[1]) {
    const meant = cases(opener(mistake)).filter(([title]) => title.startsWith(beginning));
    expect(meant.length, beginning).toBe(1);
    for (const [title, run] of meant) await expect(run(), title).rejects.toThrow();
  }
});

test("every case is failed by a mistake", () => {
  const found = new Set(MISTAKES.flatMap(([, found]) => found));
  expect(titles.filter((title) => ![...found].some((beginning) => title.startsWith(beginning)))).toEqual([]);
});

test("no case fails what makes no mistake", async () => {
  for (const [title, run] of cases(opener(["it is right", [], () => ({})]))) await expect(run(), title).resolves.toBeUndefined();
});
