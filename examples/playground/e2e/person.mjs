//! Somebody who uses the page: finds things by what they see, clicks, types, waits until something is so.

/** In milliseconds: a browser on a busy machine may stand still for half a minute. */
const PATIENCE = 120_000;

/** Uses the page that `hands` hold. A selector may lead into an element's inside: `cachefn-devtools >> .found`. */
export class Person {
  constructor(hands, folder) {
    this.hands = hands;
    this.folder = folder;
  }

  /** Visits a page and waits until it says that it is ready. */
  async visit(url) {
    await this.hands.visit(url);
    await this.until("the page is ready", () => this.evaluate('document.documentElement.dataset.ready === "yes"'));
  }

  evaluate(expression) {
    return this.hands.evaluate(`(() => { ${FINDING}; return ${expression}; })()`);
  }

  /** What a visible element says. */
  text(selector) {
    return this.evaluate(`visible(${JSON.stringify(selector)})[0]?.textContent?.trim()`);
  }

  /** What all visible elements say. */
  texts(selector) {
    return this.evaluate(`visible(${JSON.stringify(selector)}).map((element) => element.textContent.trim())`);
  }

  /** Clicks in the middle of a visible element, perhaps the one with a text. */
  async click(selector, text = "") {
    const wanted = `${JSON.stringify(selector)}, ${JSON.stringify(text)}`;
    await this.until(`there is ${selector} ${text}`, () => this.evaluate(`visible(${wanted}).length > 0`));
    await this.hands.front();
    let [x, y, covered, before] = [];
    await this.until("the page stands still", async () => {
      before = `${x} ${y}`;
      ({ x, y, covered } = await this.evaluate(`place(${wanted})`));
      return before === `${x} ${y}`;
    });
    if (covered) throw new Error(`${selector} ${text} is covered by ${covered}`);
    await this.hands.click(x, y);
  }

  /** Writes into a field instead of what is there. */
  async write(selector, text) {
    await this.click(selector);
    await this.evaluate("deepActive().select?.()");
    await this.hands.press("Delete");
    await this.hands.type(text);
  }

  press(key) {
    return this.hands.press(key);
  }

  /** What has the focus, shortly. */
  focused() {
    return this.evaluate("called(deepActive())");
  }

  /** Presses Tab until something has the focus whose description contains `part`. */
  async tabTo(part) {
    const seen = [];
    for (let times = 0; times < 60; times++) {
      await this.hands.press("Tab");
      seen.push(await this.focused());
      if (seen.at(-1).includes(part)) return seen;
    }
    throw new Error(`Tab never reached ${part}, but ${seen.join(" → ")}`);
  }

  /** Asks until the answer is true. */
  async until(fact, ask) {
    const began = Date.now();
    let answer;
    do {
      answer = await ask().catch(String); // a page that is left cannot be asked
      if (answer === true) return;
      await new Promise((resolve) => setTimeout(resolve, 30));
    } while (Date.now() - began < PATIENCE);
    throw new Error(`it never came true that ${fact}: ${JSON.stringify(answer)}`);
  }

  /** Asks until a text is so. */
  async reads(selector, expected) {
    const fits = (text) => (expected instanceof RegExp ? expected.test(text ?? "") : text === expected);
    let last;
    await this.until(`${selector} reads ${expected}`, async () => fits((last = await this.text(selector))) || String(last));
  }

  picture(name) {
    return this.hands.screenshot(`${this.folder}/${name}.png`);
  }
}

/** What the page is asked with. */
const FINDING = `
  const all = (selector) => {
    const [outer, inner] = selector.split(" >> ");
    const found = [...document.querySelectorAll(outer)];
    return inner === undefined ? found : found.flatMap((host) => [...host.shadowRoot.querySelectorAll(inner)]);
  };
  const visible = (selector, text = "") => all(selector).filter((element) => element.checkVisibility() && element.textContent.includes(text));
  const place = (selector, text) => {
    const [element] = visible(selector, text);
    element.scrollIntoView({ block: "center", behavior: "instant" });
    const box = element.getBoundingClientRect();
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    let top = document.elementFromPoint(x, y);
    while (top?.shadowRoot) {
      const deeper = top.shadowRoot.elementFromPoint(x, y);
      if (deeper === null || deeper === top) break;
      top = deeper;
    }
    const isIt = top !== null && (element.contains(top) || top.contains(element));
    return { x, y, covered: isIt ? "" : called(top) };
  };
  const deepActive = () => {
    let active = document.activeElement;
    while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
    return active;
  };
  const called = (element) => element === null ? "nothing" :
    [element.tagName.toLowerCase(), element.getAttribute("role"), element.id && "#" + element.id, element.ariaLabel ?? element.textContent.trim().slice(0, 40)].filter(Boolean).join(" ");
`;
