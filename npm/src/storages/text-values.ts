//! Bytes in places that keep texts.

import { unbase64 } from "../records/base64.js";
import { bytesOf } from "../records/text.js";

/** The bytes of what such a place has. What is not base64 is nothing of ours: whoever reads these bytes sees that. */
export function bytesOfValue(value: unknown): Uint8Array | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === "string") return unbase64(value) ?? bytesOf(value);
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  return value instanceof ArrayBuffer ? new Uint8Array(value) : bytesOf("of another kind");
}
