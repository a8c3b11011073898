//! What everybody needs of a page, whatever they see it with; run inside of the page.

/** Complaints about the page and all shadow trees in it, in plain words. */
export function complaints() {
  const found = [];
  const roots = [document];
  for (const root of roots) for (const element of root.querySelectorAll("*")) if (element.shadowRoot) roots.push(element.shadowRoot);
  const elements = roots.flatMap((root) => [...root.querySelectorAll("*")]).filter((element) => element.checkVisibility({ visibilityProperty: true }));
  const short = (element) => `<${element.tagName.toLowerCase()}${element.id ? ` id=${element.id}` : ""} ${element.className.baseVal ?? element.className}> ${element.textContent.trim().slice(0, 30)}`;
  const say = (element, words) => found.push(`${short(element)}: ${words}`);

  const byIds = (element, name) => (element.getAttribute(name) ?? "").split(/\s+/).filter(Boolean).map((id) => element.getRootNode().getElementById(id));
  const nameOf = (element) => {
    const labels = [...(element.labels ?? [])].map((label) => label.textContent);
    const title = element.tagName === "FIELDSET" ? element.querySelector("legend")?.textContent : undefined;
    const own = element.matches("input,select,textarea,meter") ? "" : (element.getAttribute("alt") ?? element.textContent);
    const named = byIds(element, "aria-labelledby").map((label) => label?.textContent ?? "").join(" ");
    return (named || element.getAttribute("aria-label") || labels.join(" ") || title || own).trim();
  };

  // Names, roles, references.
  const used = "a[href],button,input,select,textarea,meter,fieldset,img,[role=img],[role=grid],[role=tabpanel],[role=tablist],[role=listbox],[role=log],[role=region],[tabindex='0'],dialog,nav,aside";
  for (const element of elements) {
    if (element.matches(used) && element.getAttribute("alt") !== "" && nameOf(element) === "") say(element, "has no name");
    for (const name of ["aria-labelledby", "aria-describedby", "aria-controls", "aria-activedescendant"]) {
      if (byIds(element, name).includes(null)) say(element, `${name} leads nowhere`);
    }
    const parents = { tab: "tablist", option: "listbox", gridcell: "row", columnheader: "row", row: "rowgroup", rowgroup: "grid" };
    const role = element.getAttribute("role");
    if (role in parents && element.parentElement?.closest("[role]:not([role=presentation])")?.getAttribute("role") !== parents[role]) say(element, `a ${role} outside of a ${parents[role]}`);
  }
  for (const root of roots) {
    const ids = [...root.querySelectorAll("[id]")].map(({ id }) => id);
    for (const id of new Set(ids.filter((id, at) => ids.indexOf(id) !== at))) found.push(`two elements have the id ${id}`);
  }
  if (document.documentElement.lang === "") found.push("the page does not say its language");
  for (const [one, count] of [["h1", 1], ["main", 1]]) if (document.querySelectorAll(one).length !== count) found.push(`there is not one ${one}`);
  const levels = [...document.querySelectorAll("h1,h2,h3,h4")].map(({ tagName }) => Number(tagName[1]));
  levels.forEach((level, at) => level > (levels[at - 1] ?? 0) + 1 && found.push(`a heading of level ${level} follows one of ${levels[at - 1]}`));

  // What is touched is large enough.
  for (const element of elements) {
    if (!element.matches("button,select,input:not([type=radio]),a.button,.theme label,.pick label")) continue;
    const { width, height } = element.getBoundingClientRect();
    if (width < 24 || (height < 24 && element.type !== "range")) say(element, `is only ${Math.round(width)} by ${Math.round(height)} pixels`);
  }

  // What is written can be read.
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const colors = new Map();
  const parse = (color) => {
    if (!colors.has(color)) {
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = color;
      canvas.fillRect(0, 0, 1, 1);
      const [red, green, blue, alpha] = canvas.getImageData(0, 0, 1, 1).data;
      colors.set(color, [red, green, blue, alpha / 255]);
    }
    return colors.get(color);
  };
  const over = (top, bottom) => [0, 1, 2].map((at) => top[at] * top[3] + bottom[at] * (1 - top[3])).concat(1);
  const above = (element) => element.parentElement ?? element.getRootNode().host ?? null;
  const ground = (element) => {
    const layers = [];
    for (let at = element; at !== null; at = above(at)) {
      const color = parse(getComputedStyle(at).backgroundColor);
      layers.push(color);
      if (color[3] === 1) break;
    }
    const page = matchMedia("(prefers-color-scheme: dark)").matches ? [18, 18, 18, 1] : [255, 255, 255, 1];
    return layers.reduceRight((bottom, top) => over(top, bottom), page);
  };
  const light = (color) => {
    const [red, green, blue] = color.slice(0, 3).map((part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  let measured = 0;
  for (const element of elements) {
    const isWritten = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== "");
    if (!isWritten || element.closest(".hidden,.skip,legend,option") !== null || element.matches("title,meter")) continue;
    const style = getComputedStyle(element);
    const size = Number.parseFloat(style.fontSize);
    const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const bottom = ground(element);
    const ink = over(parse(element instanceof SVGElement ? style.fill : style.color), bottom);
    const [bright, dark] = [light(ink), light(bottom)].sort((one, other) => other - one);
    const contrast = (bright + 0.05) / (dark + 0.05);
    measured++;
    if (contrast < (isLarge ? 3 : 4.5)) say(element, `has a contrast of ${contrast.toFixed(2)}`);
  }
  if (measured < 40) found.push(`only ${measured} texts were measured`);

  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth > clientWidth) found.push(`the page is ${scrollWidth - clientWidth} pixels wider than the window`);
  return found;
}
