//! The settings of an asynchronous cache, checked once.

import type { StorageOptions, Tier } from "../async-options.js";
import type { Bus } from "../bus.js";
import { checkFunction, checkWhole, checkWord } from "../checks.js";
import { misconfigured, show } from "../errors.js";
import { type CommonOptions, type Settings, settings } from "../options.js";
import type { Storage } from "../storage.js";

/** Checked settings. */
export interface TierSettings {
  readonly memory: Settings;
  /** The namespace. */
  readonly name: string;
  readonly storage: Storage;
  readonly bus: Bus | undefined;
  readonly tier: Tier;
  readonly maxPending: number;
  readonly waitUntil: ((work: Promise<unknown>) => void) | undefined;
  readonly isLazy: boolean;
}

/** The settings that `options` ask for; `also` are names that are no business of this function. */
export function tierSettings(options: CommonOptions<never> & StorageOptions, name: unknown, operation: string, also: readonly string[], what = "name"): TierSettings {
  const memory = settings(options, operation, [...OPTIONS, ...also]);
  const { storage, bus, tier = "both", maxPending = 1000, waitUntil, boot = "bulk" } = options;
  if (typeof name !== "string" || name === "") {
    throw misconfigured(operation, `${what} is ${show(name)}; where there is a storage it has to be a text that nobody else uses there`);
  }
  for (const method of ["publish", "subscribe"] as const) {
    if (bus !== undefined && typeof bus?.[method] !== "function") throw misconfigured(operation, `bus has no function ${method}; use one such as tabs()`);
  }
  checkTier(tier, operation);
  checkWhole(maxPending, 1, Number.MAX_SAFE_INTEGER, operation, "maxPending");
  checkFunction(waitUntil, operation, "waitUntil");
  checkWord(boot, ["bulk", "lazy"], operation, "boot");
  return { memory, name, storage, bus, tier, maxPending, waitUntil, isLazy: boot === "lazy" };
}

/** Refuses what is no tier. */
export function checkTier(tier: unknown, operation: string): void {
  checkWord(tier, ["memory", "storage", "both"], operation, "tier");
}

const OPTIONS = ["storage", "bus", "tier", "maxPending", "waitUntil", "boot"];
