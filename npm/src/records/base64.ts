//! Bytes as text in the standard alphabet (RFC 4648), padded.

/** The text of bytes. */
export function base64Of(bytes: Uint8Array): string {
  let binary = "";
  // In steps, because so many arguments at once are too many.
  for (let at = 0; at < bytes.length; at += STEP) binary += String.fromCharCode(...bytes.subarray(at, at + STEP));
  return btoa(binary);
}

/** The bytes of a text; `undefined` when it is none of bytes. */
export function unbase64(text: string): Uint8Array | undefined {
  let binary: string;
  try {
    binary = atob(text);
  } catch {
    return undefined;
  }
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < bytes.length; at++) bytes[at] = binary.charCodeAt(at);
  return bytes;
}

const STEP = 8192;
