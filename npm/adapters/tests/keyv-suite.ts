//! Keyv's own tests of stores, for more than the one version that their types name.

import suite, { keyvNamespaceTest as namespaces } from "@keyv/test-suite";
import type * as Vitest from "vitest";

type Tests = (test: typeof Vitest, Version: unknown, store: () => unknown) => void;

export const keyvNamespaceTests = namespaces as unknown as Tests;
export default suite as unknown as Tests;
