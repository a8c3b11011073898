//! How what is queued reaches the storage, and what waits while the storage is down.

import type { Invalidation } from "../bus.js";
import { CachefnError } from "../errors.js";
import type { Cause, EventKind } from "../events.js";
import type { CacheState } from "../async-watching.js";
import type { Row } from "../storage.js";
import { expireRows } from "./expiring.js";
import { Outbox, type Sweep } from "./outbox.js";
import type { Parts } from "./parts.js";
import type { Batch, Tokens, Write } from "./queue.js";
import { leftOf } from "./standing.js";

/** What happens in the storage, each in its turn of the queue. */
export class Delivery {
  state: CacheState = "healthy";
  /** The first failure since the last flush of what is lost. */
  failure: unknown;
  readonly outbox: Outbox;
  readonly #parts: Parts;
  /** The failure that things wait for. */
  #why: unknown;
  #pause = SHORTEST;
  /** When what comes by tries again, and when an answer to something else makes it. */
  #due = 0;
  #notBefore = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isReplaying = false;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.outbox = new Outbox(parts, (text, error) => this.#lost(text, error));
  }

  /** Writes a batch, or lets it wait. */
  async write(batch: Batch): Promise<void> {
    if (await this.#isClear()) await this.#store(batch);
    else this.hold(batch, this.#why);
  }

  /** Takes something out of the storage and tells the others, or lets `wait` note it; what `act` gave. */
  async remove<T>(act: () => Promise<T>, wait: (error: unknown) => void, what: Invalidation): Promise<T | undefined> {
    if (await this.#isClear()) {
      try {
        const answer = await act();
        this.#parts.publish(what);
        return answer;
      } catch (error) {
        if (!isRetryable(error)) throw error;
        this.#why = error;
      }
    }
    if (what.kind !== "keys") this.#parts.tellFailure(undefined, this.#why); // of keys each is told
    try {
      wait(this.#why);
    } finally {
      this.outbox.bound(this.#why);
      this.#wait();
    }
    return undefined;
  }

  /** Lets writes with these names wait. */
  hold(batch: Batch, error: unknown, names: Iterable<string> = batch.keys()): void {
    this.#why = error;
    for (const name of names) {
      const write = batch.get(name) as Write;
      if (write.isVoid) continue;
      if (write.weight === undefined) this.#parts.tellFailure(this.#parts.outside.space.text(name), error);
      this.outbox.hold(name, write);
    }
    this.outbox.bound(error);
    this.#wait();
  }

  /** The storage answered, or could not. */
  heard(isDown: boolean): void {
    if (isDown) return this.#become("degraded");
    if (this.state !== "degraded") return;
    if (this.#isReplaying) return this.#become("recovering");
    if (!this.outbox.isWaiting) return this.#become("healthy");
    if (this.#parts.store.time.read() < this.#notBefore) return;
    this.#become("recovering");
    this.hurry();
  }

  /** Tries at once to do what waits. */
  hurry(): void {
    if (this.outbox.isWaiting) void this.#parts.queue.step(() => this.replay());
  }

  /** Does what waits, in its turn; whether nothing waits any more. */
  async replay(): Promise<boolean> {
    const { outside, queue } = this.#parts;
    const { outbox } = this;
    if (!outbox.isWaiting) return true;
    clearTimeout(this.#timer);
    this.#isReplaying = true;
    let hasAnswered = false;
    try {
      await outside.ask("probe", (storage) => storage.tokens(outside.space.tokens([])));
      hasAnswered = true;
      if (outside.replaced.size > 0) {
        await outside.putTokens("replace tokens", [...outside.replaced]);
        outside.replaced = new Set(); // nothing is added meanwhile: everything has its turn
      }
      for (const sweep of outbox.sweeps.values()) await this.#sweep(sweep);
      await queue.again((batch) => this.#store(batch));
    } catch (error) {
      this.#why = error;
    }
    this.#isReplaying = false;
    if (outbox.isWaiting) {
      this.#pause = Math.min(this.#pause * 2, LONGEST);
      this.#wait();
      if (hasAnswered) this.#notBefore = this.#due; // whoever reads all the time does not make it try all the time
      return false;
    }
    this.#pause = SHORTEST;
    for (const what of outbox.said.splice(0)) this.#parts.publish(what);
    this.#become("healthy");
    return true;
  }

  /** Fulfilled when all that came before is in the storage; rejects with what is lost, or says how much waits. */
  async settle(operation: string): Promise<void> {
    const { queue, outside } = this.#parts;
    await queue.settled();
    if (this.outbox.isWaiting) await queue.step(() => this.replay());
    const { failure } = this;
    this.failure = undefined;
    if (failure !== undefined) throw failure;
    if (this.outbox.isWaiting) throw new CachefnError("unavailable", operation, `storage ${outside.storage.label} is down: ${this.outbox.text()} for it`, this.#why);
  }

  /** Nothing is tried any more. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#due = Number.POSITIVE_INFINITY;
    this.#notBefore = this.#due;
  }

  /** Whether what comes by may ask the storage: nothing that came before may wait. */
  async #isClear(): Promise<boolean> {
    if (!this.outbox.isWaiting) return true;
    return this.#parts.store.time.read() >= this.#due && this.replay();
  }

  async #sweep(sweep: Sweep): Promise<void> {
    try {
      await sweep.act();
    } catch (error) {
      if (isRetryable(error)) throw error;
      this.#lost(undefined, error);
    }
    this.outbox.unsweep(sweep);
  }

  #become(state: CacheState): void {
    const { store } = this.#parts;
    if (state === this.state || store.isClosed) return;
    this.state = state;
    store.tell("state" as EventKind, undefined, state as Cause);
    store.deliver();
  }

  /** What waits is tried again after a while. */
  #wait(): void {
    this.#become("degraded");
    clearTimeout(this.#timer);
    if (this.#due === Number.POSITIVE_INFINITY) return;
    this.#due = this.#parts.store.time.read() + this.#pause;
    this.#timer = setTimeout(() => this.hurry(), this.#pause);
    (this.#timer as { unref?(): void }).unref?.(); // it keeps no program alive
  }

  #lost(text: string | undefined, error: unknown): void {
    this.failure ??= error;
    this.#parts.tellFailure(text, error);
  }

  /**
   * Writes a batch, and tells the others of what the storage took. What it refuses is told, and forgotten: what was
   * under that name before is not true any more. When it does not even forget, it is down, and all of that waits.
   */
  async #store(batch: Batch): Promise<void> {
    const { outside } = this.#parts;
    const rows: Row[] = [];
    const gone: string[] = [];
    const expiring: string[] = [];
    const refused = new Map<string, unknown>();
    const again = new Map<string, Promise<Tokens>>();
    const now = outside.wallMs();
    for (const [name, write] of batch) {
      if (write.isVoid) continue;
      const { row } = write;
      try {
        if (write.isExpiring) expiring.push(name);
        else if (row === undefined || leftOf(row, false, now) === undefined) gone.push(name);
        else rows.push({ ...row, ...protecting(await this.#tokens(write, again)) });
      } catch (error) {
        refused.set(name, error);
      }
    }
    await this.#set(rows, refused);
    this.#tell(batch, rows.map(({ name }) => name).filter((name) => !refused.has(name)));
    for (const [name, error] of refused) {
      if (!isRetryable(error)) this.#lost(outside.space.text(name), error);
      gone.push(name);
    }
    await this.#finish(batch, expiring, refused, () => expireRows(outside, "expire", expiring));
    await this.#finish(batch, gone, refused, () => outside.insist("delete", (storage) => storage.delete(gone)));
  }

  /** Does the last of a batch with these names. */
  async #finish(batch: Batch, names: readonly string[], refused: ReadonlyMap<string, unknown>, act: () => Promise<unknown>): Promise<void> {
    if (names.length === 0) return;
    const { space } = this.#parts.outside;
    try {
      await act();
    } catch (error) {
      if (isRetryable(error)) return this.hold(batch, error, names);
      for (const name of names) this.#lost(space.text(name), error);
    }
    for (const name of names) if (isRetryable(refused.get(name))) this.#lost(space.text(name), refused.get(name));
    this.#tell(batch, names);
  }

  #tell(batch: Batch, names: readonly string[]): void {
    const keys = names.filter((name) => batch.get(name)?.isTold).map((name) => this.#parts.outside.space.text(name));
    if (keys.length > 0) this.#parts.publish({ kind: "keys", keys });
  }

  /** What protects a row. To others a value that was set is as new as its arrival, so that its tokens may be, too. */
  async #tokens({ tokens, tags = [], isTold }: Write, again: Map<string, Promise<Tokens>>): Promise<Tokens> {
    try {
      if (tokens !== undefined) return await tokens;
    } catch (error) {
      if (!isTold || !isRetryable(error)) throw error;
    }
    const key = JSON.stringify(tags);
    if (!again.has(key)) again.set(key, this.#parts.outside.start("set", tags, true));
    return again.get(key) as Promise<Tokens>;
  }

  /** One row that cannot be stored does not keep the others from it. */
  async #set(rows: readonly Row[], refused: Map<string, unknown>): Promise<void> {
    if (rows.length === 0) return;
    try {
      await this.#parts.outside.insist("set", (storage) => storage.set(rows));
    } catch (error) {
      if (rows.length === 1 || isRetryable(error)) for (const { name } of rows) refused.set(name, error);
      else for (const row of rows) await this.#set([row], refused);
    }
  }
}

function protecting({ namespace, tags }: Tokens): Pick<Row, "namespaceToken" | "tags"> {
  return { namespaceToken: namespace, tags };
}

function isRetryable(error: unknown): boolean {
  return (error as Partial<CachefnError> | undefined)?.retryable === true;
}

/** After so many milliseconds what waits is tried again, and after twice as many when that fails. */
const SHORTEST = 1000;
const LONGEST = 30_000;
