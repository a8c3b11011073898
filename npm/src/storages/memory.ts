//! A storage in memory: what tests and servers use where nothing has to outlive the process.

import { CachefnError, show } from "../errors.js";
import type { Found, Named, Page, Row, Storage, Token } from "../storage.js";
import { tokenNamesOf } from "../token-names.js";
import { isDead } from "./row.js";

/** A storage that keeps copies of rows in a `Map`. */
export function plainMemoryStorage(): Storage {
  const rows = new Map<string, Row>();
  const tokens = new Map<string, Token>();
  /** False for a value that cannot be cloned: what was under its name is older, and goes. */
  const keep = (row: Row): boolean => {
    rows.delete(row.name);
    try {
      rows.set(row.name, structuredClone(row));
      return true;
    } catch {
      return false; // the words of the platform would show the value
    }
  };
  const begin = (prefix: string): string[] => [...rows.keys()].filter((name) => name.startsWith(prefix)).sort();
  const tokensOf = (row: Row): (Token | undefined)[] => tokenNamesOf(row).map((name) => tokens.get(name));
  const found = (row: Row): Found => ({ row: structuredClone(row), tokens: tokensOf(row) });
  return {
    label: "memory",
    async get(names) {
      return names.map((name) => {
        const row = rows.get(name);
        return row && found(row);
      });
    },
    async set(list) {
      const refused = list.filter((row) => !keep(row)).map(({ name }) => show(name));
      if (refused.length > 0) throw new CachefnError("codec", "set", `${refused.join(", ")}: ${UNCLONEABLE}`);
    },
    async delete(names) {
      return names.filter((name) => rows.delete(name)).length;
    },
    async tokens(names) {
      return names.map((name) => tokens.get(name));
    },
    async createTokens(list: readonly Named[]) {
      return list.map(([name, token]) => {
        if (!tokens.has(name)) tokens.set(name, token);
        return tokens.get(name) as Token;
      });
    },
    async replaceTokens(list) {
      for (const [name, token] of list) tokens.set(name, token);
    },
    async scan(prefix, limit, after = ""): Promise<Page> {
      const names = begin(prefix).filter((name) => name > after);
      return { names: names.slice(0, limit), next: names.length > limit ? names[limit - 1] : undefined };
    },
    async load(prefix, most) {
      const names = begin(prefix);
      return names.length > most ? undefined : names.map((name) => found(rows.get(name) as Row));
    },
    async purge(prefix, now) {
      return begin(prefix).filter((name) => isDead(found(rows.get(name) as Row), now) && rows.delete(name)).length;
    },
    async close() {},
  };
}

const UNCLONEABLE = "the value cannot be cloned; keep plain data, without functions, symbols and promises";
