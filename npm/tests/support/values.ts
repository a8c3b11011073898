//! Makes the values that the facts describe.

/** The value of `{type: …}`. */
export function valueOf(described: unknown): unknown {
  const [[type, of] = [], ...others] = Object.entries(described as object) as [string, unknown][];
  const make = type === undefined ? undefined : makers[type];
  if (make === undefined || others.length > 0) throw new Error(`no value for ${JSON.stringify(described)}`);
  return make(of);
}

const makers: Record<string, (of: unknown) => unknown> = {
  string: (of) => of,
  bool: (of) => of,
  null: () => null,
  undefined: () => undefined,
  int: (of) => (Number.isSafeInteger(Number(of)) ? Number(of) : BigInt(of as string)),
  number: (of) => Number(of),
  bigint: (of) => BigInt(of as string),
  list: (of) => (of as unknown[]).map(valueOf),
  date: (of) => new Date(of as number),
  utf16: (of) => String.fromCharCode(...(of as number[])),
  symbol: (of) => Symbol(of as string),
  function: (of) => Object.defineProperty(() => undefined, "name", { value: of }),
  instance: (of) => (of === "Map" ? new Map([["a", 1]]) : new Point(1, 2)),
  object(of) {
    const object = {};
    for (const [name, value] of of as [string, unknown][]) {
      Object.defineProperty(object, name, { value: valueOf(value), enumerable: true });
    }
    return object;
  },
  circular() {
    const object: Record<string, unknown> = {};
    object["self"] = object;
    return object;
  },
};

class Point {
  readonly x: number;
  readonly y: number;
  constructor(x: number, y: number) {
    this.x = x;
    this.y = y;
  }
}
