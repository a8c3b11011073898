//! What one tab publishes, the others hear.

import { afterEach, describe, expect, it, vi } from "vitest";
import { CachefnError } from "../src/errors.js";
import { type Bus, type Message, type Notice, tabs } from "../src/tabs.js";

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

let channels = 0;
/** A channel of its own for each test, and this run. */
const channelOf = (): string => `test-${Date.now()}-${channels++}`;

/** Another tab: what it hears, and a promise of so many notices. */
function tab(channel: string): { bus: Bus; heard: Notice[]; hears: (count: number) => Promise<void> } {
  const bus = tabs({ channel });
  const heard: Notice[] = [];
  let check = (): void => {};
  ends.push(
    bus.subscribe((notice) => {
      heard.push(notice);
      check();
    }),
  );
  const hears = (count: number): Promise<void> =>
    new Promise((resolve) => {
      check = () => {
        if (heard.length >= count) resolve();
      };
      check();
    });
  return { bus, heard, hears };
}

const about = (key: string, origin = "one"): Message => ({ namespace: "users", origin, what: { kind: "keys", keys: [key] } });

describe("tabs", () => {
  it("s_35 a message reaches every other tab once, in order", async () => {
    const channel = channelOf();
    const [sender, second, third] = [tab(channel), tab(channel), tab(channel)];
    const messages: Message[] = [
      about("7"),
      { namespace: "users", origin: "one", what: { kind: "tags", tags: ["eu", ""], mode: "expire" } },
      { namespace: "users", origin: "one", what: { kind: "patterns", patterns: ["a*"], mode: "remove" } },
      { namespace: "users", origin: "one", what: { kind: "everything" } },
    ];
    for (const message of messages) sender.bus.publish(message);
    await Promise.all([second.hears(4), third.hears(4)]);
    for (const { heard } of [second, third]) {
      expect(heard).toEqual(messages.map((message) => ({ kind: "message", message })));
    }
  });

  it("s_35 two caches of one page that share a bus hear each other, at once", () => {
    const { bus, heard } = tab(channelOf());
    bus.publish(about("7"));
    expect(heard).toEqual([{ kind: "message", message: about("7") }]);
  });

  it("other channels hear nothing", async () => {
    const channel = channelOf();
    const [sender, other, listener] = [tab(channel), tab(`${channel}-other`), tab(channel)];
    sender.bus.publish(about("7"));
    await listener.hears(1);
    expect(other.heard).toEqual([]);
  });

  it("h_38 whoever does not subscribe can still tell the others", async () => {
    const channel = channelOf();
    const listener = tab(channel);
    tabs({ channel }).publish(about("7"));
    await listener.hears(1);
    expect(listener.heard).toHaveLength(1);
  });

  it("after the end of a subscription nothing is heard, and others go on", async () => {
    const channel = channelOf();
    const [sender, listener] = [tab(channel), tab(channel)];
    const bus = tabs({ channel });
    const heard: Notice[] = [];
    const end = bus.subscribe((notice) => heard.push(notice));
    end();
    end();
    sender.bus.publish(about("7"));
    await listener.hears(1);
    expect(heard).toEqual([]);
  });

  it("a hearer that throws harms neither the sender nor the others", () => {
    const { bus, heard } = tab(channelOf());
    const end = bus.subscribe(() => {
      throw new Error("broken");
    });
    ends.push(end);
    const last: Notice[] = [];
    ends.push(bus.subscribe((notice) => last.push(notice)));
    bus.publish(about("7"));
    expect([heard.length, last.length]).toEqual([1, 1]);
  });

  it("h_06 keys of any kind pass unchanged", async () => {
    const channel = channelOf();
    const [sender, listener] = [tab(channel), tab(channel)];
    const keys = ["", "__proto__", "a\nb\0c", "\ud800", "%:*?[", "x".repeat(65_536)];
    sender.bus.publish({ namespace: "__proto__", origin: "one", what: { kind: "keys", keys } });
    await listener.hears(1);
    const [notice] = listener.heard;
    expect(notice?.kind === "message" && notice.message.what).toEqual({ kind: "keys", keys });
  });

  it("what others send on the channel is ignored, and what a newer version sends counts as missed", async () => {
    const channel = channelOf();
    const listener = tab(channel);
    const foreign = new BroadcastChannel(channel);
    ends.push(() => foreign.close());
    const [namespace, origin] = ["users", "one"];
    for (const data of ["hello", null, 7, {}, { message: about("7") }]) foreign.postMessage(data);
    foreign.postMessage({ cachefn: 2, message: { namespace, origin, what: { kind: "hearts" } } });
    foreign.postMessage({ cachefn: 1, message: { namespace, origin, what: { kind: "tags", tags: ["a"] } } });
    foreign.postMessage({ cachefn: 1, message: about("8") });
    await listener.hears(3);
    expect(listener.heard.map(({ kind }) => kind)).toEqual(["missed", "missed", "message"]);
  });

  it("a sandbox whose channels only throw has caches all the same", () => {
    vi.stubGlobal("BroadcastChannel", function () {
      throw new Error("not supported here");
    });
    ends.push(() => vi.unstubAllGlobals());
    const { bus, heard } = tab(channelOf());
    bus.publish(about("7"));
    expect(heard).toEqual([{ kind: "message", message: about("7") }]);
  });

  it("h_39 options that cannot work are refused with what would", () => {
    for (const [options, said] of [
      [{ channel: "" }, 'tabs: channel is ""; use a text that is not empty'],
      [{ chanel: "a" }, "chanel"],
      [{ lockTimeout: "soon" }, "lockTimeout"],
    ] as const) {
      expect(() => tabs(options as object)).toThrowError(CachefnError);
      expect(() => tabs(options as object)).toThrowError(said);
    }
  });

  it("h_07 of several loads of one name one runs at a time, whatever becomes of it", async () => {
    const [one, other] = [tabs({ channel: "locks" }), tabs({ channel: "locks" })];
    const order: string[] = [];
    let running = 0;
    const load = (name: string, fails: boolean) => async (): Promise<string> => {
      order.push(`${name} begins`);
      expect(++running).toBe(1);
      await new Promise((resolve) => queueMicrotask(() => resolve(undefined)));
      running--;
      order.push(`${name} ends`);
      if (fails) throw new Error(name);
      return name;
    };
    const hasLocks = (globalThis as { navigator?: { locks?: unknown } }).navigator?.locks !== undefined;
    const first = one.alone?.("7", load("first", true));
    if (!hasLocks) await first?.catch(() => {});
    const second = other.alone?.("7", load("second", false));
    await expect(first).rejects.toThrow("first");
    expect(await second).toBe("second");
    expect(order).toEqual(["first begins", "first ends", "second begins", "second ends"]);
  });
});
