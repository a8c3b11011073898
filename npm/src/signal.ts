//! How whoever waits says that it waits no longer.

/** `AbortSignal`, where the types of the platform have it. */
export type Signal = typeof globalThis extends { AbortSignal: { prototype: infer Own } } ? Own : { readonly aborted: boolean };
