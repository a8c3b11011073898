//! Elements made by code; a strict policy for content has nothing to object to.

type Listeners = { readonly [Name in `on${string}`]?: (event: never) => void };
type Attributes = { readonly [name: string]: string | number | boolean | undefined | ((event: never) => void) };

/** An element with attributes (`true` for an empty one, `false` for none), listeners and children. */
export function h<T extends keyof HTMLElementTagNameMap>(
  tag: T,
  attributes: Attributes & Listeners = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[T] {
  return fill(document.createElement(tag), attributes, children);
}

/** The same for pictures. */
export function s<T extends keyof SVGElementTagNameMap>(
  tag: T,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): SVGElementTagNameMap[T] {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

/** Writes a text where it has changed, so that nothing is read out or drawn again without need. */
export function say(node: Node, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}

/** Sets an attribute where it has changed; without a value there is none. */
export function mark(element: Element, name: string, value: string | undefined): void {
  if (value === undefined) element.removeAttribute(name);
  else if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

function fill<E extends Element>(element: E, attributes: Attributes, children: (Node | string)[]): E {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name.slice(2), value as (event: Event) => void);
    else if (value !== false && value !== undefined) element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children);
  return element;
}
