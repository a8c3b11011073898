//! What those who bring things to a storage know of their cache.

import type { Invalidation } from "../bus.js";
import type { Store } from "../store.js";
import type { Looks } from "./looking.js";
import type { TierSettings } from "./options.js";
import type { Outside } from "./outside.js";
import type { Queue } from "./queue.js";

/** The parts of one cache, and whom it tells. */
export interface Parts {
  readonly settings: TierSettings;
  readonly store: Store;
  readonly outside: Outside;
  readonly queue: Queue;
  readonly looks: Looks;
  /** Tells that something could not be done, where nobody else is told. */
  tellFailure(text: string | undefined, error: unknown): void;
  /** Tells the others. */
  publish(what: Invalidation): void;
}
