//! The element that shows caches, used as a person does.

import { describe, expect, test } from "vitest";
import { watch } from "../src/devtools.js";
import { createCache } from "../src/index.js";
import { Panel, panel } from "./support/panel.js";

describe("entries", () => {
  test("each is listed with its state, its tags and how long it is fresh", async () => {
    const cache = createCache<number>();
    cache.set("user:7", 7, { ttl: "1h", tags: ["users", "blue"] });
    const { root, keys } = bound(await panel({ users: cache }));
    await expect.poll(keys).toEqual(["user:7"]);
    const cells = [...root.querySelectorAll(".row > *")].map(({ textContent }) => textContent);
    expect(cells.slice(0, 3)).toEqual(["user:7", "fresh", "older"]);
    expect(cells.slice(3)).toEqual([expect.stringMatching(/^59 m 5\d s$|^1 h$/), "users blue"]);
  });

  test("of a cache without any, and of a search that finds none, it is said", async () => {
    const cache = createCache<number>();
    const opened = await panel({ bare: cache });
    await expect.poll(() => opened.texts(".nothing")).toEqual(["Nothing is in this cache. What is stored appears here."]);
    cache.set("a", 1);
    await expect.poll(() => opened.keys()).toEqual(["a"]);
    expect(opened.texts(".nothing")).toEqual([]);
    opened.write(opened.find<HTMLInputElement>("input[aria-label='Search keys']"), "zebra");
    await expect.poll(() => opened.texts(".nothing")).toEqual(["No key matches zebra."]);
    opened.tab("Events");
    await expect.poll(() => opened.texts(".nothing")).toEqual([]);
    opened.write(opened.find<HTMLInputElement>("input[aria-label='Filter events']"), "zebra");
    await expect.poll(() => opened.texts(".nothing")).toEqual(["None of the latest events fits."]);
  });

  test("a panel without caches, and one where nothing has happened, says what to do", async () => {
    const element = document.createElement("cachefn-devtools");
    document.body.append(element);
    expect(new Panel(element).texts(".nothing")).toEqual(['No cache is watched yet. watch("users", cache) shows one here.']);
    element.remove();
    const opened = await panel({ quiet: createCache<number>() });
    opened.tab("Events");
    await expect.poll(() => opened.texts(".nothing")).toEqual(["Nothing has happened since this cache is watched."]);
  });

  test("a search shows what matches, and says what is wrong with a pattern", async () => {
    const cache = createCache<number>();
    for (const key of ["user:7", "user:8", "team:7"]) cache.set(key, 1);
    const opened = await panel({ searched: cache });
    const search = opened.find<HTMLInputElement>("input[aria-label='Search keys']");
    await expect.poll(() => opened.keys()).toHaveLength(3);
    opened.write(search, "*:7");
    await expect.poll(() => opened.keys()).toEqual(["team:7", "user:7"]);
    expect(opened.find(".found").textContent).toBe("2 entries");
    opened.write(search, "[7");
    await expect.poll(() => opened.find(".found").textContent).toContain("never closed");
    expect(search.getAttribute("aria-invalid")).toBe("true");
    opened.write(search, "8");
    await expect.poll(() => opened.keys()).toEqual(["user:8"]);
    expect(search.hasAttribute("aria-invalid")).toBe(false);
  });

  test("of ten thousand only what is seen exists, and the last is reached by one key", async () => {
    const cache = createCache<number>({ maxEntries: 10_000 });
    for (let key = 0; key < 10_000; key++) cache.set(key, key);
    const opened = await panel({ many: cache });
    await expect.poll(() => opened.find(".found").textContent).toBe("10,000 entries");
    const grid = opened.find("[role=grid]");
    expect(opened.keys().length).toBeLessThan(60);
    grid.focus();
    opened.press("End");
    await expect.poll(() => opened.keys().at(-1)).toBe("9999");
    expect(opened.keys().length).toBeLessThan(60);
    expect(grid.getAttribute("aria-rowcount")).toBe("10001");
    const active = opened.root.getElementById(grid.getAttribute("aria-activedescendant") ?? "");
    expect([active?.getAttribute("aria-rowindex"), active?.getAttribute("aria-selected")]).toEqual(["10001", "true"]);
    const box = (active as HTMLElement).getBoundingClientRect();
    const body = grid.getBoundingClientRect();
    expect(box.bottom).toBeLessThanOrEqual(body.bottom + 1);
    opened.press("Home");
    await expect.poll(() => opened.keys()[0]).toBe("0");
  });

  test("arrow keys walk, Enter opens an entry in full, Delete removes it", async () => {
    const cache = createCache<object>();
    cache.set("a", { name: "Ada" }, { tags: ["people"] });
    cache.set("b", { name: "Bo" });
    const opened = await panel({ walked: cache });
    await expect.poll(() => opened.keys()).toEqual(["a", "b"]);
    opened.find("[role=grid]").focus();
    opened.press("ArrowDown");
    opened.press("ArrowUp");
    opened.press("Enter");
    await expect.poll(() => opened.find(".detail pre").textContent).toContain('"name": "Ada"');
    expect(opened.find(".detail h3").textContent).toBe("a");
    opened.find(".detail button", "Close").click();
    expect(opened.root.activeElement?.getAttribute("role")).toBe("grid");
    opened.press("Delete");
    await expect.poll(() => opened.keys()).toEqual(["b"]);
    expect(cache.has("a")).toBe(false);
    expect(opened.find("[role=status]").textContent).toBe("removed a");
  });

  test("the heads sort, and say how", async () => {
    const cache = createCache<number>();
    for (const key of ["b", "c", "a"]) cache.set(key, 1);
    const opened = await panel({ sorted: cache });
    await expect.poll(() => opened.keys()).toEqual(["a", "b", "c"]);
    opened.find("[role=columnheader] button", "Key").click();
    await expect.poll(() => opened.keys()).toEqual(["c", "b", "a"]);
    const sorts = [...opened.root.querySelectorAll("[role=columnheader]")].map((head) => head.getAttribute("aria-sort"));
    expect(sorts).toEqual(["descending", "none", "none", "none", "none"]);
  });

  test("a tag of an open entry invalidates everything with it", async () => {
    const cache = createCache<number>();
    for (const key of ["a", "b"]) cache.set(key, 1, { tags: ["both"] });
    cache.set("c", 1);
    const opened = await panel({ tagged: cache });
    await expect.poll(() => opened.keys()).toHaveLength(3);
    opened.find(".row", "a").click();
    await expect.poll(() => opened.texts(".detail .tag")).toEqual(["both"]);
    opened.find(".detail .tag").click();
    await expect.poll(() => opened.keys()).toEqual(["c"]);
    expect(opened.texts(".detail")).toEqual([]);
  });
});

describe("removing", () => {
  test("by tag, by pattern and by key, and what came of it is said", async () => {
    const cache = createCache<number>();
    for (const key of ["user:1", "user:2", "team:1", "x", 7]) cache.set(key, 1, { tags: key === "x" ? ["t"] : [] });
    const opened = await panel({ removed: cache });
    const by = opened.find<HTMLSelectElement>("select[aria-label='Invalidate by']");
    const what = opened.find<HTMLInputElement>("input[aria-label='What to invalidate']");
    const invalidate = async (kind: string, text: string): Promise<string> => {
      const status = opened.find("[role=status]");
      status.textContent = "";
      opened.write(by, kind);
      opened.write(what, text);
      opened.find("button", "Invalidate").click();
      await expect.poll(() => status.textContent).not.toBe("");
      return status.textContent;
    };
    expect(await invalidate("tag", "t")).toBe("invalidated the tag t");
    expect(await invalidate("pattern", "user:*")).toBe("user:* removed 2 entries");
    expect(await invalidate("key", "7")).toBe("removed 7");
    expect(await invalidate("key", "7")).toBe("7 was not there");
    expect(await invalidate("pattern", "[")).toContain("never closed");
    expect(cache.keys()).toEqual(["team:1"]);
    await expect.poll(() => opened.keys()).toEqual(["team:1"]);
  });

  test("everything goes only after a question that was answered so", async () => {
    const cache = createCache<number>();
    for (const key of ["a", "b"]) cache.set(key, 1);
    const opened = await panel({ cleared: cache });
    await expect.poll(() => opened.keys()).toHaveLength(2);
    opened.find("button", "Clear").click();
    expect(opened.find("dialog h3").textContent).toBe("Remove all 2 entries of cleared?");
    expect(opened.root.activeElement?.textContent).toBe("Keep them");
    opened.find("dialog button", "Keep them").click();
    expect(cache.size).toBe(2);
    opened.find("button", "Clear").click();
    opened.find("dialog button", "Remove all").click();
    await expect.poll(() => opened.find(".found").textContent).toBe("0 entries");
    expect(cache.size).toBe(0);
  });
});

describe("events", () => {
  test("the latest come first, are filtered by kind and by text, and stand still on demand", async () => {
    const cache = createCache<number>();
    const opened = await panel({ told: cache });
    opened.tab("Events");
    cache.set("a", 1);
    cache.get("a");
    cache.get("b");
    cache.delete("a");
    const lines = () => [...opened.root.querySelectorAll(".log li")].map((line) => [...line.children].slice(1).map(({ textContent }) => textContent).join(" ").trim());
    await expect.poll(lines).toEqual(["delete a deleted", "miss b", "hit a", "set a"]);
    opened.write(opened.find<HTMLSelectElement>("select[aria-label='Kind of events']"), "all but hits");
    expect(lines()).toEqual(["delete a deleted", "miss b", "set a"]);
    opened.write(opened.find<HTMLInputElement>("input[aria-label='Filter events']"), "DELETED");
    expect(lines()).toEqual(["delete a deleted"]);
    opened.write(opened.find<HTMLInputElement>("input[aria-label='Filter events']"), "");
    opened.find("button", "Pause").click();
    cache.set("late", 1);
    await new Promise(requestAnimationFrame);
    expect(lines()).toHaveLength(3);
    expect(opened.find(".found").textContent).toBe("4 events, paused");
    opened.find("button", "Pause").click();
    expect(lines()[0]).toBe("set late");
  });

  test("ten thousand of them leave the page short", async () => {
    const cache = createCache<number>();
    const opened = await panel({ loud: cache });
    opened.tab("Events");
    for (let round = 0; round < 10_000; round++) cache.set(round % 10, round);
    await expect.poll(() => opened.find(".found").textContent).toBe("10,000 events");
    expect(opened.root.querySelectorAll(".log li").length).toBe(200);
  });
});

describe("caches", () => {
  test("several are listed with their numbers, and chosen with the arrow keys", async () => {
    const [one, other] = [createCache<number>(), createCache<number>()];
    one.set("in one", 1);
    other.set("in other", 1);
    other.get("in other");
    const opened = await panel({ one, other });
    await expect.poll(() => opened.texts("[role=option]")).toEqual(["one0.0 % · 1", "other100.0 % · 1"]);
    await expect.poll(() => opened.keys()).toEqual(["in one"]);
    opened.find("[role=option]", "one").focus();
    opened.press("ArrowDown");
    await expect.poll(() => opened.keys()).toEqual(["in other"]);
    const options = [...opened.root.querySelectorAll<HTMLElement>("[role=option]")];
    expect(options.map((option) => [option.tabIndex, option.ariaSelected])).toEqual([[-1, "false"], [0, "true"]]);
    expect(opened.root.activeElement).toBe(options[1]);
    opened.press("ArrowDown");
    await expect.poll(() => opened.keys()).toEqual(["in one"]);
  });

  test("one that comes later is listed, and without any the panel says what to do", async () => {
    const opened = await panel({ first: createCache() });
    watch("first", createCache());
    expect(opened.texts("[role=option] span")).toEqual(["first"]);
    const empty = document.createElement("cachefn-devtools");
    document.body.append(empty);
    const { unwatch } = await import("../src/devtools.js");
    unwatch("first");
    expect(new Panel(empty).find(".nothing").textContent).toContain("No cache is watched");
    empty.remove();
  });

  test("numbers and pictures follow what the cache does", async () => {
    const cache = createCache<number>();
    const opened = await panel({ counted: cache });
    cache.set("a", 1);
    for (let round = 0; round < 3; round++) cache.get("a");
    cache.get("b");
    await expect.poll(() => opened.find("figure", "Hit rate").querySelector("strong")?.textContent, { timeout: 5000 }).toBe("75.0 %");
    expect(opened.find("figure", "Entries").querySelector("strong")?.textContent).toBe("1");
    expect(opened.root.querySelector("svg .dots")?.getAttribute("d")).toMatch(/^M600 25h/);
    expect(opened.root.querySelector("svg")?.getAttribute("aria-label")).toBe("Hit rate over the last minute, now 75.0 %, between 0 and 100.0 %");
    opened.tab("Statistics");
    await expect.poll(() => opened.texts(".statistics > div")).toEqual(expect.arrayContaining(["Hits3", "Misses1", "Hit rate75.0 %", "Sets1"]));
  });

  test("nothing in the panel has a style of its own, which a strict policy would forbid", async () => {
    const cache = createCache<number>();
    for (let key = 0; key < 500; key++) cache.set(key, key, { tags: ["t"] });
    const opened = await panel({ strict: cache });
    await expect.poll(() => opened.keys().length).toBeGreaterThan(5);
    opened.root.querySelector<HTMLElement>(".row")?.click();
    await expect.poll(() => opened.texts(".detail")).toHaveLength(1);
    for (const tab of ["Events", "Statistics", "Entries"]) {
      opened.tab(tab);
      expect(opened.root.querySelectorAll("[style], style, script, [onclick]")).toHaveLength(0);
    }
    expect(opened.root.adoptedStyleSheets).toHaveLength(2);
  });

  test("an element that is taken out of the page stops, and goes on when it is put back", async () => {
    const cache = createCache<number>();
    const opened = await panel({ moved: cache });
    opened.element.remove();
    cache.set("a", 1);
    document.body.append(opened.element);
    await expect.poll(() => opened.keys()).toEqual(["a"]);
  });
});

/** So that methods can be handed on. */
function bound(opened: Panel) {
  return { root: opened.root, keys: () => opened.keys() };
}
