//! No setting is for this package; the roots say where the packages are.

import { join } from "node:path";

const root = join(import.meta.dirname, "../..");

export default { turbopack: { root }, outputFileTracingRoot: root };
