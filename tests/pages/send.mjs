//! How a report leaves a page or a worker; from a sandboxed frame, too, which may read no answer.

export const send = (what, text) => fetch(`/${what}`, { method: "POST", body: text, mode: "no-cors" });
