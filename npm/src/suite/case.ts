//! What a case of the suite is.

import type { Stage, ValueKind } from "./stage.js";

/** One behaviour. */
export interface Case {
  /** A sentence, with the rule or hazard behind it. */
  readonly title: string;
  /** What a storage must be able to do for it. */
  readonly needs?: ValueKind | "survives" | "shared" | "lists";
  /** Throws where it does not hold. */
  readonly run: (stage: Stage) => Promise<void>;
}
