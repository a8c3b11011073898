//! Reads the facts that hold in every language, and refuses what it does not understand.

/** One file of facts. */
export type Facts = Record<string, unknown>;

/** A case of a file. */
export type Case = Record<string, unknown> & { only_in?: string[] };

const files = import.meta.glob<{ default: Facts }>("../../../tests/vectors/**/*.json", { eager: true });

/** All files, by their path below the folder of vectors. */
export const vectors = new Map(
  Object.entries(files).map(([path, file]) => [path.split("/tests/vectors/")[1] as string, file.default]),
);

/** The cases of a list that are for this language. */
export function casesOf(file: string, list: string): Case[] {
  const facts = vectors.get(file);
  const cases = (facts?.[list] ?? []) as Case[];
  if (cases.length === 0) throw new Error(`${file} has no ${list}`);
  return cases.filter((one) => one.only_in === undefined || one.only_in.includes("ts"));
}

/** Fails when a case has a field that nobody reads. */
export function refuseOthers(one: object, known: readonly string[]): void {
  const others = Object.keys(one).filter((name) => !known.includes(name) && name !== "about" && name !== "only_in");
  if (others.length > 0) throw new Error(`unknown fields ${others.join(", ")} in ${JSON.stringify(one)}`);
}
