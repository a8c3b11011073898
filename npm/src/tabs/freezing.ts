//! When a tab stood still, and messages may have passed it by.

/** Calls `thawed` whenever the page goes on after it was frozen or kept aside, until the returned function is called. */
export function whenThawed(thawed: () => void): () => void {
  const page = globalThis as Partial<Pick<Window, "addEventListener" | "removeEventListener" | "document">>;
  const { document } = page;
  const shown = (event: PageTransitionEvent): void => {
    if (event.persisted) thawed();
  };
  page.addEventListener?.("pageshow", shown);
  document?.addEventListener("resume", thawed);
  return () => {
    page.removeEventListener?.("pageshow", shown);
    document?.removeEventListener("resume", thawed);
  };
}
