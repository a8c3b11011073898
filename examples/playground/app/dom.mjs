//! Small things that every section needs of the page.

export const byId = (id) => document.getElementById(id);

/** An element with properties and children. */
export function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

/** Radio buttons in a fieldset: `choices` by value; `changed` is told the value. */
export function pick(fieldset, choices, chosen, changed) {
  for (const [value, text] of Object.entries(choices)) {
    const input = element("input", { type: "radio", name: fieldset.id, value, checked: value === chosen });
    input.addEventListener("change", () => changed(value));
    fieldset.append(element("label", {}, input, element("span", {}, text)));
  }
  return () => fieldset.querySelector("input:checked").value;
}

/** `412 ms`, `3.1 ms`, `0.05 ms`, and what no clock of a page can tell. */
export function milliseconds(time) {
  if (time < 0.01) return "less than 0.01 ms";
  return `${time >= 100 ? Math.round(time) : time >= 1 ? time.toFixed(1) : time.toFixed(2)} ms`;
}

/** Until the page was drawn again. */
export const drawn = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
