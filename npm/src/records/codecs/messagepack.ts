//! The codec MessagePack.

import type { Codec } from "./codec.js";
import { unpack } from "./messagepack-reading.js";
import { pack } from "./messagepack-writing.js";

/**
 * MessagePack (https://msgpack.org), as the codec of that name in Rust writes it: shorter than JSON, with bytes and with
 * whole numbers of 64 bits, which are bigints beyond 2^53. A map is an object when all its keys are texts, otherwise a
 * `Map`. A bigint that is no larger than numbers may be, `undefined`, dates and sets are written as tagged JSON.
 *
 * @example
 * ```ts
 * const bytes = writeRecord({ ...row, value: [2n ** 63n, Uint8Array.of(1, 2)] }, { codec: messagePack });
 * expect(readRecord(bytes).row.value).toEqual([2n ** 63n, Uint8Array.of(1, 2)]);
 * ```
 */
export const messagePack: Codec = { id: 3, encode: pack, decode: unpack };
