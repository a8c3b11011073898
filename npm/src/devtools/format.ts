//! Numbers and lengths of time as they are shown.

/** `1,234`. */
export function count(number: number): string {
  return number.toLocaleString("en");
}

/** `83.1 %`, or a dash where there is none. */
export function percent(part: number | undefined): string {
  return part === undefined ? "–" : `${(100 * part).toFixed(1)} %`;
}

/** `850 ms`, `12 s`, `3 m 20 s`, `2 h 5 m`, `4 d 1 h`. */
export function duration(ms: number | undefined): string {
  if (ms === undefined) return "–";
  if (ms === Number.POSITIVE_INFINITY) return "∞";
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const seconds = Math.floor(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const units: [number, string][] = [[86_400, "d"], [3600, "h"], [60, "m"], [1, "s"]];
  const first = units.findIndex(([unit]) => seconds >= unit);
  const [unit, name] = units[first] as [number, string];
  const [smaller, smallerName] = units[first + 1] as [number, string];
  const rest = Math.floor((seconds % unit) / smaller);
  return `${Math.floor(seconds / unit)} ${name}${rest > 0 ? ` ${rest} ${smallerName}` : ""}`;
}

/** `12 kB`. */
export function bytes(number: number): string {
  if (number < 1000) return `${number} B`;
  return number < 1e6 ? `${(number / 1e3).toFixed(1)} kB` : `${(number / 1e6).toFixed(1)} MB`;
}

/** `14:05:09.120`. */
export function clock(at: number): string {
  const date = new Date(at);
  const two = (number: number): string => String(number).padStart(2, "0");
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}

/** A value as text, cut where it gets long; never throws. */
export function preview(value: unknown): string {
  try {
    const seen = new Set<unknown>();
    const text = JSON.stringify(
      value,
      (_, part: unknown) => {
        if (typeof part === "bigint") return `${part}n`;
        if (typeof part === "function") return `[function ${part.name}]`;
        if (part instanceof Map) return { Map: [...part].slice(0, 50) };
        if (part instanceof Set) return { Set: [...part].slice(0, 50) };
        if (ArrayBuffer.isView(part) && "length" in part) return `[${part.constructor.name}, ${String(part.length)} elements]`;
        if (typeof part !== "object" || part === null) return part;
        if (seen.has(part)) return "[again]";
        seen.add(part);
        return Array.isArray(part) && part.length > 50 ? [...part.slice(0, 50), `[${part.length - 50} more]`] : part;
      },
      2,
    ) as string | undefined;
    return (text ?? String(value)).slice(0, 4000);
  } catch {
    return Object.prototype.toString.call(value);
  }
}
