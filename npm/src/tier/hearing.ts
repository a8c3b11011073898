//! What others say of the entries that a cache shares with them: memory lets go, and the storage is left alone.

import type { Invalidation, Notice } from "../bus.js";
import { matcher } from "../glob.js";
import type { Trouble } from "../storage.js";
import { scopeOf } from "../token-names.js";
import { RemovableTiers } from "./removing.js";
import { weakly, whenLeaving } from "./leaving.js";
import type { Tiers } from "./tiers.js";

/** A cache that listens. */
export class HearingTiers<V> extends RemovableTiers<V> {
  #stops: (() => void)[] = [];

  constructor(tiers: Tiers<V>) {
    super(tiers);
    const { bus, storage } = tiers.settings;
    if (bus !== undefined) this.#stops.push(weakly(this, HearingTiers.#heard, (hear) => bus.subscribe(hear)));
    if (storage.watch !== undefined) this.#stops.push(weakly(this, HearingTiers.#worried, (hear) => storage.watch?.(hear) as () => void));
    this.#stops.push(weakly(this, HearingTiers.#left, whenLeaving));
  }

  // A function that is made where `this` is known may hold it for ever.
  static #heard(own: HearingTiers<unknown>, notice: Notice): void {
    own.#hear(notice);
  }

  static #worried(own: HearingTiers<unknown>, trouble: Trouble): void {
    own.#trouble(trouble);
  }

  static #left(own: HearingTiers<unknown>): void {
    own.tiers.outside.hurry();
    own.tiers.delivery.hurry();
  }

  /** Hears nothing any more. */
  protected stop(): void {
    for (const stop of this.#stops.splice(0)) stop();
  }

  #hear(notice: Notice): void {
    const { settings, origin } = this.tiers;
    if (notice.kind === "missed") return this.#apply({ kind: "everything" });
    const { namespace, origin: teller, what } = notice.message;
    const isMeant = what.kind === "tags" ? scopeOf(namespace) === scopeOf(settings.name) : namespace === settings.name;
    if (!isMeant || teller === origin) return;
    try {
      this.#apply(what);
    } catch {
      this.tiers.store.tell("error", undefined, "bus-failed"); // said by another version of this package
      this.#apply({ kind: "everything" });
    }
  }

  #apply(what: Invalidation): void {
    const { memory, looks, outside, queue, store } = this.tiers;
    if (store.isClosed) return;
    this.isOvertaken = true;
    switch (what.kind) {
      case "keys":
        for (const text of what.keys) {
          this.tiers.forget(text);
          queue.yield(outside.space.name(text, "hear"));
        }
        break;
      case "tags":
        memory.invalidateByTags(what.tags, { mode: what.mode });
        for (const tag of what.tags) looks.flights.fenceTag(tag);
        queue.hide(({ tags }) => what.tags.some((tag) => tags?.includes(tag)));
        break;
      case "patterns":
        memory.invalidateByPattern(what.patterns, { mode: what.mode });
        this.overtake(matcher(what.patterns), what.mode === "expire", true);
        break;
      default:
        memory.clear();
        looks.flights.fenceIf(() => true);
        queue.hide(() => true);
    }
  }

  #trouble({ code, name, cause }: Trouble): void {
    const { outside, store } = this.tiers;
    const { prefix } = outside.space;
    if (store.isClosed || (name !== undefined && !name.startsWith(prefix))) return;
    if (code === "corrupt") outside.counters.decodeFailures++;
    this.tiers.tellFailure(name === undefined ? undefined : outside.space.text(name), { code, cause });
  }
}
