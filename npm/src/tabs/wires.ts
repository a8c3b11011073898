//! How data gets from tab to tab: by a channel, or by the events of the local storage.

import { unreadable } from "./unreadable.js";

/** A way to all other tabs. */
export interface Wire {
  /** Never throws. */
  send(data: object): void;
  close(): void;
}

/** Hands whatever other tabs send to `receive`; what cannot be read as {@link unreadable}. */
export function wire(name: string, receive: (data: unknown) => void): Wire {
  try {
    if (typeof BroadcastChannel === "function") return channel(name, receive);
  } catch {
    // A sandbox that has the name of it alone.
  }
  return storageEvents(name, receive);
}

function channel(name: string, receive: (data: unknown) => void): Wire {
  const channel = new BroadcastChannel(name);
  channel.onmessage = ({ data }) => receive(data);
  channel.onmessageerror = () => receive(unreadable);
  (channel as { unref?: () => void }).unref?.(); // it keeps no process of Node alive
  return {
    send(data) {
      try {
        channel.postMessage(data);
      } catch {
        // The page is being left: nobody is here any more who could tell the others.
      }
    },
    close: () => channel.close(),
  };
}

/** A write to the local storage is told to all tabs but the one that wrote. */
function storageEvents(name: string, receive: (data: unknown) => void): Wire {
  const key = `cachefn-tabs:${name}`;
  const target = globalThis as Partial<Pick<Window, "addEventListener" | "removeEventListener" | "localStorage">>;
  let sent = 0;
  const hear = (event: StorageEvent): void => {
    if (event.key !== key || event.newValue === null) return;
    try {
      receive((JSON.parse(event.newValue) as [unknown])[0]);
    } catch {
      receive(unreadable);
    }
  };
  target.addEventListener?.("storage", hear);
  return {
    send(data) {
      try {
        // Only a changed text is told, and nothing may stay behind.
        target.localStorage?.setItem(key, JSON.stringify([data, Date.now(), ++sent, Math.random()]));
        target.localStorage?.removeItem(key);
      } catch {
        // Where nothing may be stored nothing is shared either.
      }
    },
    close: () => target.removeEventListener?.("storage", hear),
  };
}
