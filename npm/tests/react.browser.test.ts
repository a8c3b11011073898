//! Components in a page: what they show, when they wait, and what they do when the cache changes.

import { act, Component, createElement, type ReactNode, StrictMode, Suspense } from "react";
import { createRoot, hydrateRoot, type Root } from "react-dom/client";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { memoize } from "../src/index.js";
import { useCached } from "../src/react.js";

let home: HTMLElement;
let root: Root;
beforeEach(() => {
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);
  home = document.body.appendChild(document.createElement("main"));
  root = createRoot(home);
});
afterEach(async () => {
  await act(async () => root.unmount());
  home.remove();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

/** A fetcher that answers when it is told to. */
function gate<T>(): { fetch: (...args: unknown[]) => Promise<T>; open: (value: T) => Promise<void>; fail: (error: unknown) => Promise<void>; calls: () => number } {
  const waiting: { resolve: (value: T) => void; reject: (error: unknown) => void }[] = [];
  let calls = 0;
  return {
    fetch: async () => {
      calls++;
      return new Promise<T>((resolve, reject) => waiting.push({ resolve, reject }));
    },
    open: (value) => act(async () => waiting.shift()?.resolve(value)),
    fail: (error) => act(async () => waiting.shift()?.reject(error)),
    calls: () => calls,
  };
}

class Boundary extends Component<{ children: ReactNode }, { error?: Error }> {
  override state: { error?: Error } = {};
  static getDerivedStateFromError(error: Error): { error: Error } {
    return { error };
  }
  override render(): ReactNode {
    const { error } = this.state;
    const retry = (): void => this.setState({ error: undefined } as never);
    return error ? createElement("button", { onClick: retry }, error.message) : this.props.children;
  }
}

const show = (element: ReactNode): Promise<void> => act(async () => root.render(element));
const waits = (element: ReactNode): ReactNode => createElement(Suspense, { fallback: "waiting" }, element);

it("waits for a promise, shows its value, and calls the function once for all components", async () => {
  const { fetch, open, calls } = gate<string>();
  const user = memoize((id: string) => fetch(id));
  const User = () => createElement("b", null, useCached(user, ["7"]));
  await show(createElement(StrictMode, null, waits([createElement(User, { key: 1 }), createElement(User, { key: 2 })])));
  expect(home.textContent).toBe("waiting");
  await open("Ada");
  expect(home.textContent).toBe("AdaAda");
  expect(calls()).toBe(1);
});

it("s_31 an invalidation fetches anew and shows the old value until the new one is there", async () => {
  const { fetch, open, calls } = gate<string>();
  const user = memoize((id: string) => fetch(id), { tags: (id) => [`user:${id}`] });
  const User = () => createElement("b", null, useCached(user, ["7"]));
  await show(waits(createElement(User)));
  await open("Ada");
  for (const [end, name] of [
    [() => user.cache.delete(user.key("7")), "Bea"],
    [() => user.cache.invalidateByTag("user:7"), "Cleo"],
    [() => user.cache.invalidateByPattern("*"), "Dora"],
    [() => user.cache.clear(), "Eva"],
  ] as const) {
    const before = home.textContent;
    await act(async () => void end());
    expect(home.textContent).toBe(before);
    await open(name);
    expect(home.textContent).toBe(name);
  }
  expect(calls()).toBe(5);
});

it("a value that somebody sets is shown, and one for other arguments is not", async () => {
  const user = memoize(async (id: string) => `user ${id}`);
  let renders = 0;
  const User = () => {
    renders++;
    return createElement("b", null, useCached(user, ["7"]));
  };
  await show(waits(createElement(User)));
  const before = renders;
  await act(async () => user.cache.set(user.key("8"), "other"));
  expect(renders).toBe(before);
  await act(async () => user.cache.set(user.key("7"), "changed"));
  expect(home.textContent).toBe("changed");
});

it("a synchronous function is shown at once, and anew when its entry changes", async () => {
  let rate = 2;
  const area = memoize((w: number) => w * rate);
  const Area = ({ w }: { w: number }) => createElement("b", null, useCached(area, [w]));
  await show(createElement(Area, { w: 3 }));
  expect(home.textContent).toBe("6");
  await show(createElement(Area, { w: 4 }));
  expect(home.textContent).toBe("8");
  rate = 10;
  await act(async () => void area.cache.clear());
  expect(home.textContent).toBe("40");
  expect(area.cache.stats().loads).toBe(3);
});

it("s_13 a failure goes to the error boundary without calling the function again and again; later a retry does", async () => {
  vi.spyOn(console, "error").mockImplementation(() => {}); // React reports what a boundary caught
  const { fetch, open, fail, calls } = gate<string>();
  const user = memoize((id: string) => fetch(id));
  const User = () => createElement("b", null, useCached(user, ["7"]));
  const clock = vi.spyOn(Date, "now").mockReturnValue(0);
  await show(createElement(Boundary, null, waits(createElement(User))));
  await fail(new Error("no such user"));
  expect([home.textContent, calls()]).toEqual(["no such user", 1]);
  clock.mockReturnValue(1000);
  await act(async () => home.querySelector("button")?.click());
  expect([home.textContent, calls()]).toEqual(["waiting", 2]);
  await open("Ada");
  expect(home.textContent).toBe("Ada");
});

it("without suspense it tells what it knows, and tries again when it is told to", async () => {
  const { fetch, open, fail, calls } = gate<string>();
  const user = memoize((id: string) => fetch(id));
  const User = () => {
    const { status, value, error, retry } = useCached(user, ["7"], { suspense: false });
    return createElement("button", { onClick: retry }, `${status} ${value} ${(error as Error | undefined)?.message}`);
  };
  await show(createElement(User));
  expect(home.textContent).toBe("pending undefined undefined");
  await fail(new Error("away"));
  expect(home.textContent).toBe("failed undefined away");
  await act(async () => home.querySelector("button")?.click());
  await open("Ada");
  expect([home.textContent, calls()]).toEqual(["ready Ada undefined", 2]);
});

it("undefined and null are values", async () => {
  const { fetch, open } = gate<null | undefined>();
  const find = memoize((id: string) => fetch(id));
  const Find = ({ id }: { id: string }) => createElement("b", null, String(useCached(find, [id])));
  await show(waits(createElement(Find, { id: "1" })));
  await open(null);
  expect(home.textContent).toBe("null");
  await show(waits(createElement(Find, { id: "2" })));
  await open(undefined);
  expect(home.querySelectorAll("b")[0]?.textContent).toBe("undefined");
});

it("s_30 a component that is gone hears nothing, and its cache has no listener more", async () => {
  const user = memoize(async (id: string) => `user ${id}`);
  const off = vi.spyOn(user.cache, "off");
  const on = vi.spyOn(user.cache, "on");
  const User = () => createElement("b", null, useCached(user, ["7"]));
  await show(waits(createElement(User)));
  await show(null);
  expect(on).toHaveBeenCalled();
  expect(off.mock.calls).toEqual(on.mock.calls);
});

it("what a server rendered is taken over without a difference", async () => {
  const user = memoize(async (id: string) => `user ${id}`);
  const User = () => createElement("b", null, useCached(user, ["7"]));
  const faults: unknown[] = [];
  const served = document.body.appendChild(document.createElement("main"));
  served.innerHTML = "<!--$--><b>user 7</b><!--/$-->";
  const taken = await act(async () => hydrateRoot(served, waits(createElement(User)), { onRecoverableError: (error) => faults.push(error) }));
  expect([served.innerHTML, faults]).toEqual(["<!--$--><b>user 7</b><!--/$-->", []]);
  await act(async () => taken.unmount());
  served.remove();
});
