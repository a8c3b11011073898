// How numbers and durations are written.

/** `1234567` as `1,234,567`. */
export function grouped(number) {
  return String(number).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** Milliseconds in the unit that suits them. */
export function span(milliseconds) {
  const seconds = milliseconds / 1000;
  if (seconds < 1e-3) return `${(seconds * 1e6).toFixed(1)} us`;
  if (seconds < 1) return `${milliseconds.toFixed(0)} ms`;
  if (seconds < 100) return `${seconds.toFixed(1)} s`;
  return `${Math.floor(seconds / 60)} min ${String(Math.floor(seconds % 60)).padStart(2, "0")} s`;
}
