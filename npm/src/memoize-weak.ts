//! Arguments by reference: what is remembered for an object is let go with it.

import { Arguments } from "./arguments.js";
import { Reference } from "./kind.js";
import { isPromise } from "./loading.js";
import { Table } from "./table.js";

/** Whether the platform can keep objects weakly; where it cannot, only the limits let entries go. */
export function canBeWeak(): boolean {
  return typeof WeakRef === "function" && typeof FinalizationRegistry === "function";
}

/** Stands for an object without keeping it. */
class Weak extends Reference {
  readonly #object: WeakRef<object> | undefined;
  /** The entries with this object among their arguments. */
  readonly slots = new Set<number>();

  constructor(id: number, object: WeakRef<object> | undefined) {
    super(id);
    this.#object = object;
  }

  get object(): object | undefined {
    return this.#object?.deref();
  }
}

/** The objects that a function was called with. */
export class References {
  readonly #ofObjects = new WeakMap<object, Weak>();
  readonly #byId = new Map<number, Weak>();
  readonly #dead: FinalizationRegistry<Weak> | undefined;
  #latest = 0;

  /** `forget` is told the entries that nobody can ask for any more. */
  constructor(forget: (slots: number[]) => void) {
    if (!canBeWeak()) return;
    this.#dead = new FinalizationRegistry((weak) => {
      this.#byId.delete(weak.id);
      forget([...weak.slots]);
    });
  }

  /** The arguments with references in the places of objects. */
  in(args: ArrayLike<unknown>): unknown[] {
    return Array.from(args, (value) => (isObject(value) ? this.#to(value) : value));
  }

  /**
   * What a function returned, with its arguments kept until it is there: a value that came for objects
   * which are gone would have no place. Having looked at an object keeps it until its job ends.
   */
  during(result: unknown, args: ArrayLike<unknown>): unknown {
    if (!isPromise(result)) return result;
    return Promise.resolve(result).then((value) => {
      for (const reference of this.in(args)) if (reference instanceof Weak) reference.object;
      return value;
    });
  }

  /** The reference with a number. */
  find(id: number): unknown {
    return this.#byId.get(id) ?? new Reference(id);
  }

  #to(object: object): Weak {
    let weak = this.#ofObjects.get(object);
    if (weak === undefined) {
      weak = new Weak(++this.#latest, this.#dead && new WeakRef(object));
      this.#ofObjects.set(object, weak);
      if (this.#dead !== undefined) this.#byId.set(weak.id, weak);
      this.#dead?.register(object, weak);
    }
    return weak;
  }
}

/**
 * A table that keeps a value only as long as the first object among its arguments, even when the value
 * leads back to that object.
 */
export class WeakTable extends Table {
  readonly #kept = new WeakMap<object, Map<number, Kept>>();

  override valueAt(slot: number): unknown {
    return this.#isWeak(slot) ? this.#keptAt(slot)?.value : super.valueAt(slot);
  }

  override promiseAt(slot: number): Promise<unknown> | undefined {
    return this.#isWeak(slot) ? this.#keptAt(slot)?.promise : super.promiseAt(slot);
  }

  override rewrite(slot: number, value: unknown, promise: Promise<unknown> | undefined): void {
    if (!this.#isWeak(slot)) return super.rewrite(slot, value, promise);
    super.rewrite(slot, undefined, undefined);
    const references = this.#referencesAt(slot);
    for (const { slots } of references) slots.add(slot);
    const home = references[0]?.object;
    if (home === undefined) return;
    let kept = this.#kept.get(home);
    if (kept === undefined) this.#kept.set(home, (kept = new Map()));
    kept.set(slot, { value, promise });
  }

  protected override slotLeft(slot: number, cause: number): void {
    const references = this.#referencesAt(slot);
    for (const { slots } of references) slots.delete(slot);
    const home = references[0]?.object;
    if (home !== undefined) this.#kept.get(home)?.delete(slot);
    super.slotLeft(slot, cause);
  }

  #keptAt(slot: number): Kept | undefined {
    const home = this.#referencesAt(slot)[0]?.object;
    return home === undefined ? undefined : this.#kept.get(home)?.get(slot);
  }

  #isWeak(slot: number): boolean {
    return this.#referencesAt(slot).length > 0;
  }

  #referencesAt(slot: number): Weak[] {
    const key = this.keyAt(slot);
    return key instanceof Arguments ? Array.from(key.list).filter((value) => value instanceof Weak) : [];
  }
}

interface Kept {
  readonly value: unknown;
  readonly promise: Promise<unknown> | undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === "function" || (typeof value === "object" && value !== null);
}
