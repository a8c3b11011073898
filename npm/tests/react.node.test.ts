//! Components on a server, which renders once and listens to nothing.

import { createElement, Suspense } from "react";
import { renderToReadableStream, renderToString } from "react-dom/server";
import { expect, it } from "vitest";
import { memoize } from "../src/index.js";
import { useCached } from "../src/react.js";

it("renders what a synchronous function returns", () => {
  const area = memoize((w: number, h: number) => w * h);
  const Area = () => createElement("p", null, useCached(area, [2, 3]));
  expect(renderToString(createElement(Area))).toBe("<p>6</p>");
  expect(area.cache.stats().loads).toBe(1);
});

it("streams what a promise brings, fetched once for many components and requests", async () => {
  let fetched = 0;
  const user = memoize(async (id: string) => {
    fetched++;
    await new Promise((resolve) => setImmediate(resolve));
    return { name: `user ${id}` };
  });
  const User = () => createElement("b", null, useCached(user, ["7"]).name);
  const page = () => createElement(Suspense, { fallback: "waiting" }, createElement(User), createElement(User));
  for (const _request of [1, 2]) {
    const stream = await renderToReadableStream(page());
    await stream.allReady;
    expect(await new Response(stream).text()).toContain("<b>user 7</b><b>user 7</b>");
  }
  expect(fetched).toBe(1);
});

it("s_11 a later request does not see what was invalidated or has expired meanwhile", async () => {
  let now = 0;
  let fetched = 0;
  const price = memoize(async () => ++fetched, { ttl: "1s", clock: { monoMs: () => now, wallMs: () => now } });
  const Price = () => createElement("i", null, useCached(price, [], { suspense: false }).value ?? "none");
  const original = Date.now;
  try {
    Date.now = () => now;
    renderToString(createElement(Price));
    await price();
    expect(renderToString(createElement(Price))).toBe("<i>1</i>");
    now = 5000;
    expect(renderToString(createElement(Price))).toBe("<i>none</i>");
    await price();
    expect(renderToString(createElement(Price))).toBe("<i>2</i>");
  } finally {
    Date.now = original;
  }
});
