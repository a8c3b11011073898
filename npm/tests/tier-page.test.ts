//! What a cache hears from its page, its bus and its storage while it lives, and that none of them keeps it alive.

import { expect, test, vi } from "vitest";
import { createCache } from "../src/index.js";
import { withTier } from "../src/index.storage.js";
import type { Storage } from "../src/storage.js";
import { plainMemoryStorage } from "../src/storages/memory.js";
import { LocalBus } from "./support/local-bus.js";
import { idle, Stage } from "./support/stage.js";

declare const gc: () => void;

/** A page: the one that the test runs in, or where there is none the little of it that a cache asks for. */
function page(visibility: string) {
  const places = globalThis as unknown as Record<string, unknown>;
  const put = (place: object, name: string, value: unknown): void => void Object.defineProperty(place, name, { value, configurable: true, writable: true });
  if (typeof document !== "undefined") {
    put(document, "visibilityState", visibility);
    const say = (type: string) => (type === "pagehide" ? globalThis : document).dispatchEvent(new Event(type));
    return { say, leave: () => delete (document as unknown as Record<string, unknown>)["visibilityState"] };
  }
  const target = new EventTarget();
  const listeners = new Set<string>();
  const add = (type: string, listener: EventListener): void => (listeners.add(type), target.addEventListener(type, listener));
  const remove = (type: string, listener: EventListener): void => (listeners.delete(type), target.removeEventListener(type, listener));
  put(places, "document", { visibilityState: visibility, addEventListener: add, removeEventListener: remove });
  put(places, "addEventListener", add);
  put(places, "removeEventListener", remove);
  const leave = (): void => ["document", "addEventListener", "removeEventListener"].forEach((name) => delete places[name]);
  return { say: (type: string) => target.dispatchEvent(new Event(type)), leave, listeners };
}

test.each([
  ["pagehide", "visible"],
  ["visibilitychange", "hidden"],
])("what waits to be tried again is tried at once at %s", async (event, visibility) => {
  const { say, leave, listeners } = page(visibility);
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  try {
    const stage = new Stage();
    const cache = createCache<unknown>({ name: "n", storage: stage.storage });
    stage.next("set", 2);
    await cache.set("a", 1);
    await idle();
    await vi.advanceTimersByTimeAsync(50);
    expect([stage.calls.filter((call) => call === "set").length, await stage.value("n:a")]).toEqual([2, undefined]);
    say(event); // no timer has to fire
    await cache.flush();
    expect(await stage.value("n:a")).toBe(1);
    if (listeners !== undefined) expect([...listeners].sort()).toEqual(["pagehide", "visibilitychange"]);
    await cache.close();
    if (listeners !== undefined) expect(listeners.size).toBe(0);
  } finally {
    vi.useRealTimers();
    leave();
  }
});

test("a cache that nobody has any more is let go of, and hears nothing", async () => {
  const bus = new LocalBus();
  let stops = 0;
  let hear: Parameters<NonNullable<Storage["watch"]>>[0] = () => {};
  const storage = withTier({ ...plainMemoryStorage(), watch: (own) => ((hear = own), () => stops++) });
  const open = async () => {
    const cache = createCache<unknown>({ name: "n", storage, bus });
    await cache.set("a", { large: "x".repeat(1000) });
    await cache.getOrFetch("b", async () => 1);
    await cache.flush();
    return new WeakRef(cache);
  };
  const cache = await open();
  for (let round = 0; round < 50 && cache.deref() !== undefined; round++) {
    await idle();
    gc();
  }
  expect([cache.deref(), bus.hearers]).toEqual([undefined, 1]);
  bus.publish({ namespace: "n", origin: "x", what: { kind: "everything" } });
  hear({ code: "unavailable" });
  await idle();
  expect([bus.hearers, stops]).toEqual([0, 1]);
});
