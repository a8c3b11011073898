//! Why bytes are not read as a row.

/**
 * Why bytes are no record that can be used; all of these are a miss.
 *
 * `foreign`: they do not begin as a record. `short`: something in them ends after their end. `version`, `flags`: of a
 * format that is not known. `checksum`: damaged. `number`, `option`, `text`: a field is spelt as no writer does, or a
 * name is not Unicode. `length`, `block`: a compressed payload is not what it says. `codec`, `schema`: the value was
 * written in a way that JavaScript cannot read. `value`: the payload is not what its codec writes, or holds a number
 * that JavaScript would round.
 *
 * @example
 * ```ts
 * const reading = readRecord(new TextEncoder().encode("of another program"));
 * const why: Why | undefined = reading.why;
 * assert(why === "foreign");
 * ```
 */
export type Why = keyof typeof REASONS;

/** For people. */
export const REASONS = {
  foreign: "it does not begin as a record",
  short: "the record ends before it is complete",
  version: "the record has a format version that is not known",
  checksum: "the record is damaged: its checksum is another",
  flags: "the record has flags that are not known",
  number: "a number in it is too large, or longer than it needs to be",
  option: "an optional time in it is neither there nor absent",
  text: "a name in it is not Unicode",
  length: "its compressed payload has another length than it says",
  block: "its payload cannot be decompressed",
  codec: "its value was written by a codec that JavaScript does not read",
  schema: "its value was written for a shape that JavaScript does not know",
  value: "its value is not what its codec writes, or holds a number that JavaScript would round",
} as const;

/** Ends the reading of bytes; never leaves this folder. */
export class Refusal {
  readonly why: Why;

  constructor(why: Why) {
    this.why = why;
  }
}

/** What `read` returns, or why it was refused. */
export function reading<T>(read: () => T): T | Refusal {
  try {
    return read();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}
