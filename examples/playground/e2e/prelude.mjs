//! What a page runs first in the tests: it writes down everything that a console would show.

export const PRELUDE = `
  window.heard = [];
  for (const kind of ["error", "warn"]) {
    const print = console[kind];
    console[kind] = (...words) => (heard.push(kind + ": " + words.join(" ")), print.apply(console, words));
  }
  addEventListener("error", ({ message, target }) => heard.push("error: " + (message ?? "cannot load " + (target?.src ?? target?.href))), true);
  addEventListener("unhandledrejection", ({ reason }) => heard.push("rejection: " + reason));
  addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) => heard.push("policy: " + violatedDirective + " " + blockedURI));
`;
