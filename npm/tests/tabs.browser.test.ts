//! Tabs in a real browser: storage events, locks, pages that were kept aside.

import { afterEach, expect, it, vi } from "vitest";
import { type Message, type Notice, tabs } from "../src/tabs.js";

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
  vi.unstubAllGlobals();
});

const everything: Message = { namespace: "users", origin: "one", what: { kind: "everything" } };

/** Another document of this origin. */
async function frame(): Promise<Window & typeof globalThis> {
  const element = document.createElement("iframe");
  const isThere = new Promise((resolve) => element.addEventListener("load", resolve, { once: true }));
  element.srcdoc = "<p>another document";
  document.body.append(element);
  ends.push(() => element.remove());
  await isThere;
  return element.contentWindow as Window & typeof globalThis;
}

it("s_35 without channels the events of the local storage carry messages both ways, and leave nothing behind", async () => {
  vi.stubGlobal("BroadcastChannel", undefined);
  const other = await frame();
  const bus = tabs({ channel: "by-storage" });
  const heard: Notice[] = [];
  let told = (): void => {};
  const isTold = new Promise<void>((resolve) => (told = resolve));
  ends.push(bus.subscribe((notice) => heard.push(notice) && told()));

  const arrives = new Promise<StorageEvent>((resolve) => {
    other.addEventListener("storage", (event) => event.newValue !== null && resolve(event));
  });
  bus.publish(everything);
  const event = await arrives;
  expect(JSON.parse(event.newValue as string)[0]).toEqual({ cachefn: 1, message: everything });
  expect(localStorage.getItem(event.key as string)).toBeNull();

  heard.length = 0;
  other.localStorage.setItem(event.key as string, JSON.stringify([{ cachefn: 1, message: everything }, 0]));
  await isTold;
  other.localStorage.removeItem(event.key as string);
  await vi.waitFor(() => expect(heard).toContainEqual({ kind: "message", message: everything }));
});

it("s_35 what cannot be read in a storage event counts as missed", async () => {
  vi.stubGlobal("BroadcastChannel", undefined);
  const bus = tabs({ channel: "broken" });
  const other = await frame();
  const notice = new Promise<Notice>((resolve) => ends.push(bus.subscribe(resolve)));
  other.localStorage.setItem("cachefn-tabs:broken", "{no json");
  expect(await notice).toEqual({ kind: "missed" });
  other.localStorage.removeItem("cachefn-tabs:broken");
});

it("h_33 where nothing may be stored, publishing tells nobody and does not throw", () => {
  vi.stubGlobal("BroadcastChannel", undefined);
  const refuses = vi.spyOn(Storage.prototype, "setItem").mockImplementation(() => {
    throw new DOMException("denied", "SecurityError");
  });
  ends.push(() => refuses.mockRestore());
  tabs({ channel: "denied" }).publish(everything);
  expect(refuses).toHaveBeenCalledTimes(1);
});

it("s_35 a page that was kept aside or frozen may have missed messages", () => {
  const heard: Notice[] = [];
  const end = tabs({ channel: "thawed" }).subscribe((notice) => heard.push(notice));
  window.dispatchEvent(new PageTransitionEvent("pageshow", { persisted: false }));
  expect(heard).toEqual([]);
  window.dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }));
  document.dispatchEvent(new Event("resume"));
  expect(heard).toEqual([{ kind: "missed" }, { kind: "missed" }]);
  end();
  document.dispatchEvent(new Event("resume"));
  expect(heard).toHaveLength(2);
});

it("h_07 a load waits for one of the same name in another document, and goes on when that document ends", async () => {
  const other = await frame();
  const isHeld = new Promise<void>((resolve) => {
    void other.navigator.locks.request("cachefn:locks:users:7", () => {
      resolve();
      return new Promise(() => {}); // held until the document ends
    });
  });
  await isHeld;
  let isLoaded = false;
  const load = tabs({ channel: "locks" }).alone?.("users:7", async () => (isLoaded = true));
  const { pending } = await navigator.locks.query();
  expect([isLoaded, pending?.map(({ name }) => name)]).toEqual([false, ["cachefn:locks:users:7"]]);
  other.frameElement?.remove();
  expect(await load).toBe(true);
});

it("s_17 a load that waits too long for another tab goes on without it", async () => {
  const other = await frame();
  await new Promise<void>((resolve) => {
    void other.navigator.locks.request("cachefn:late:users:7", () => {
      resolve();
      return new Promise(() => {});
    });
  });
  let loads = 0;
  expect(await tabs({ channel: "late", lockTimeout: 1 }).alone?.("users:7", async () => ++loads)).toBe(1);
});

it("a browser that refuses a lock keeps nobody from loading", async () => {
  const refuses = vi.spyOn(navigator.locks, "request").mockRejectedValue(new DOMException("no", "SecurityError"));
  ends.push(() => refuses.mockRestore());
  expect(await tabs().alone?.("users:7", async () => 7)).toBe(7);
});
