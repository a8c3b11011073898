//! A frame without an origin: there the browser forbids what pages keep.

/**
 * What `body` returns in such a frame; it has the exports of a source file as `found`, and is JavaScript. What it
 * returns must be data.
 */
export function inSandbox(source: string, body: string): Promise<unknown> {
  const frame = document.createElement("iframe");
  frame.setAttribute("sandbox", "allow-scripts");
  const address = new URL(source, import.meta.url).href;
  frame.srcdoc = `<script type="module">
    const answer = (what) => parent.postMessage(what, "*");
    try {
      const found = await import(${JSON.stringify(address)});
      answer({ value: await (async () => { ${body} })() });
    } catch (error) {
      answer({ error: String(error) });
    }
  </script>`;
  return new Promise((resolve, reject) => {
    const hear = ({ source, data }: MessageEvent): void => {
      if (source !== frame.contentWindow) return;
      removeEventListener("message", hear);
      frame.remove();
      if ("error" in data) reject(new Error(data.error));
      else resolve(data.value);
    };
    addEventListener("message", hear);
    document.body.append(frame);
  });
}

/** The exports of a source file in a realm of its own on this page, as if a second copy of the package were there. */
export async function inFrame<T>(source: string): Promise<T> {
  const frame = document.createElement("iframe");
  document.body.append(frame);
  const own = frame.contentWindow as Window & { found?: T; hear?: () => void };
  const address = new URL(source, import.meta.url).href;
  await new Promise<void>((resolve) => {
    own.hear = resolve;
    const script = own.document.createElement("script");
    script.type = "module";
    script.textContent = `window.found = await import(${JSON.stringify(address)}); window.hear();`;
    own.document.body.append(script);
  });
  return own.found as T;
}
