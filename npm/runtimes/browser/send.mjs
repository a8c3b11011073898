//! How a result leaves a page or a worker.

/** Sends what was found, or why nothing was. */
export async function send(place, result) {
  const found = await result.catch((error) => ({ passed: 0, failures: [String(error?.stack ?? error)] }));
  await post(place, found);
}

/** Says that nothing more comes from a place. */
export const ended = (place) => post(place, null);

/** Sends what was found over each storage of a place, which is the last. */
export async function sendEach(place, results) {
  try {
    for (const [row, found] of Object.entries(await results)) await post(`${place}: ${row}`, found);
  } catch (error) {
    await post(`${place}: storages`, { passed: 0, failures: [String(error?.stack ?? error)] });
  }
  await ended(place);
}

function post(place, found) {
  return fetch(`/${encodeURIComponent(place)}`, { method: "POST", body: JSON.stringify(found) });
}
