//! Puts numbers and bytes one after the other, in as much memory as they need.

/** What has been written. */
export class Writer {
  #bytes = new Uint8Array(256);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  byte(byte: number): void {
    this.#room(1)[this.#length++] = byte;
  }

  bytes(bytes: Uint8Array): void {
    this.#room(bytes.length).set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** Seven bits a byte, the lowest first; the highest bit says that another byte follows. */
  varint(number: number): void {
    if (number > Number.MAX_SAFE_INTEGER) return this.bytes(LARGEST);
    for (; number >= 0x80; number = Math.floor(number / 0x80)) this.byte(number % 0x80 | 0x80);
    this.byte(number);
  }

  /** A time that most often has no end, which then takes one byte. */
  endless(time: number): void {
    const ends = time <= Number.MAX_SAFE_INTEGER;
    this.byte(ends ? 1 : 0);
    if (ends) this.varint(time);
  }

  counted(bytes: Uint8Array): void {
    this.varint(bytes.length);
    this.bytes(bytes);
  }

  /** Lets `write` put a number of so many bytes, with a view on the memory and where it goes. */
  number(length: number, write: (view: DataView, at: number) => void): void {
    const { buffer } = this.#room(length);
    write(new DataView(buffer), this.#length);
    this.#length += length;
  }

  /** All that has been written, as it is: later writes may change it. */
  written(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  #room(more: number): Uint8Array<ArrayBuffer> {
    if (this.#length + more > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.#length + more, 2 * this.#bytes.length));
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    return this.#bytes;
  }
}

/** The largest number of 64 bits. */
const LARGEST = /* @__PURE__ */ Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 255, 255, 1);
