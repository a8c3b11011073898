//! How a result leaves a page or a worker.

/** Sends what was found, or why nothing was. */
export async function send(place, result) {
  const found = await result.catch((error) => ({ passed: 0, failures: [String(error?.stack ?? error)] }));
  await fetch(`/${encodeURIComponent(place)}`, { method: "POST", body: JSON.stringify(found) });
}
