//! Invalidations from tab to tab, and one load of a value for all of them.

import type { Bus, Message, Notice } from "../bus.js";
import { checkNames } from "../checks.js";
import { misconfigured, show } from "../errors.js";
import { type Duration, milliseconds } from "../time.js";
import { whenThawed } from "./freezing.js";
import { alone } from "./locks.js";
import { unreadable } from "./unreadable.js";
import { type Wire, wire } from "./wires.js";

/**
 * What {@link tabs} can be told.
 *
 * @example
 * ```ts
 * const options: TabsOptions = { channel: "my-app" };
 * const users = createCache<User>({ name: "users", storage: memoryStorage(), bus: tabs(options) });
 * await users.close();
 * ```
 */
export interface TabsOptions {
  /** Only tabs with the same channel hear each other; `"cachefn"` unless said. */
  readonly channel?: string | undefined;
  /**
   * How long a tab waits for another one that loads the same value, before it loads it itself; `"10s"` unless
   * said. Fetchers that wait for each other's keys in two tabs go on after that time.
   */
  readonly lockTimeout?: Duration | undefined;
}

/** {@link Bus} between the tabs, frames and workers of one origin. */
export class TabsBus implements Bus {
  readonly #channel: string;
  readonly #lockTimeout: number;
  readonly #hearers = new Set<(notice: Notice) => void>();
  #wire: Wire | undefined;
  #unwatch: (() => void) | undefined;

  constructor(options: TabsOptions = {}) {
    checkNames(options, ["channel", "lockTimeout"], "tabs");
    const { channel = "cachefn", lockTimeout = "10s" } = options;
    if (typeof channel !== "string" || channel === "") {
      throw misconfigured("tabs", `channel is ${show(channel)}; use a text that is not empty`);
    }
    this.#channel = channel;
    this.#lockTimeout = milliseconds(lockTimeout, "tabs", "lockTimeout");
  }

  publish(message: Message): void {
    // The others in this page; each knows its own messages.
    this.#tell({ kind: "message", message });
    const isIdle = this.#wire === undefined;
    this.#open().send({ cachefn: VERSION, message });
    if (isIdle && this.#hearers.size === 0) this.#close();
  }

  subscribe(hear: (notice: Notice) => void): () => void {
    const own = (notice: Notice): void => hear(notice); // one that is given twice is two
    this.#hearers.add(own);
    this.#open();
    this.#unwatch ??= whenThawed(() => this.#tell({ kind: "missed" }));
    return () => {
      if (this.#hearers.delete(own) && this.#hearers.size === 0) this.#close();
    };
  }

  alone<T>(name: string, load: () => Promise<T>): Promise<T> {
    return alone(`${this.#channel}:${name}`, this.#lockTimeout, load);
  }

  #open(): Wire {
    return (this.#wire ??= wire(this.#channel, (data) => this.#receive(data)));
  }

  #close(): void {
    this.#wire?.close();
    this.#unwatch?.();
    this.#wire = this.#unwatch = undefined;
  }

  #receive(data: unknown): void {
    const packet = data as Partial<Packet> | undefined | null;
    if (packet?.cachefn === VERSION && isMessage(packet.message)) this.#tell({ kind: "message", message: packet.message });
    // Another version of this package means something by what cannot be understood; others do not.
    else if (data === unreadable || packet?.cachefn !== undefined) this.#tell({ kind: "missed" });
  }

  #tell(notice: Notice): void {
    for (const hear of [...this.#hearers]) {
      try {
        hear(notice);
      } catch {
        // Neither the sender nor the other caches may suffer from one that fails.
      }
    }
  }
}

interface Packet {
  readonly cachefn: number;
  readonly message: Message;
}

function isMessage(message: Partial<Message> | undefined): message is Message {
  const what = message?.what as Record<string, unknown> | undefined;
  const isTexts = (list: unknown): boolean => Array.isArray(list) && list.every((one) => typeof one === "string");
  if (typeof message?.namespace !== "string" || typeof message.origin !== "string") return false;
  if (what?.["kind"] === "everything") return true;
  if (what?.["kind"] === "keys") return isTexts(what["keys"]);
  const isModal = what?.["mode"] === "remove" || what?.["mode"] === "expire";
  return isModal && ((what["kind"] === "tags" && isTexts(what["tags"])) || (what["kind"] === "patterns" && isTexts(what["patterns"])));
}

/** Counts what packets may look like. */
const VERSION = 1;
