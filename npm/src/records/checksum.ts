//! CRC-32C, which every record ends with (RFC 3720, appendix B.4).

/** The checksum of the first `end` bytes. */
export function checksum(bytes: Uint8Array, end: number): number {
  const table = (made ??= tableOf(POLYNOMIAL));
  let sum = -1;
  for (let at = 0; at < end; at++) sum = (table[(sum ^ (bytes[at] as number)) & 0xff] as number) ^ (sum >>> 8);
  return ~sum >>> 0;
}

function tableOf(polynomial: number): Int32Array {
  return Int32Array.from({ length: 256 }, (_, byte) => {
    for (let bit = 0; bit < 8; bit++) byte = (byte >>> 1) ^ (byte & 1 ? polynomial : 0);
    return byte;
  });
}

/** Made when it is first asked for: importing costs nothing. */
let made: Int32Array | undefined;

/** 1EDC6F41 with its bits reversed. */
const POLYNOMIAL = 0x82f63b78;
