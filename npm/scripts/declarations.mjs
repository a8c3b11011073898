//! Keeps of the compiler's declarations what a user can reach from an entry, and nothing of the inside.

import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** The texts by name, such as `engine/codes`, of all declarations that the entries lead to. */
export function reachable(folder, entries) {
  const files = new Map();
  const fileOf = (name) => files.get(name) ?? files.set(name, parse(name, readFileSync(join(folder, `${name}.d.ts`), "utf8"))).get(name);

  function reachAll(name) {
    const file = fileOf(name);
    if (file.all) return;
    file.all = true;
    for (const declared of file.declared.keys()) if (file.isExported(declared)) reach(name, declared);
    for (const { from, names } of file.passed) {
      if (names === undefined) reachAll(from);
      else for (const one of names) reach(from, one);
    }
  }

  function reach(name, declared) {
    const file = fileOf(name);
    if (file.kept.has(declared) || !file.declared.has(declared)) return;
    file.kept.add(declared);
    for (const text of file.declared.get(declared)) {
      const code = text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, "");
      for (const [word] of code.matchAll(/[A-Za-z_$][\w$]*/g)) {
        reach(name, word);
        const imported = file.imported.get(word);
        if (imported === undefined) continue;
        file.used.add(word);
        if (imported.of === "*") reachAll(imported.from);
        else reach(imported.from, imported.of);
      }
    }
  }

  for (const entry of entries) reachAll(entry);
  return new Map([...files].map(([name, file]) => [name, write(name, file)]));
}

/** The compiler writes one declaration after the other, each beginning at the left edge. */
function parse(name, text) {
  const file = { declared: new Map(), imported: new Map(), passed: [], kept: new Set(), used: new Set(), all: false };
  file.isExported = (declared) => file.declared.get(declared).some((text) => /^export /m.test(text));
  const path = (specifier) => join(dirname(name), specifier.replace(/\.js$/, ""));
  for (const statement of text.split(/^(?=\/\*\*)|(?<!\*\/\n)^(?=(?:export|import|declare|type|interface)\b)/m)) {
    const code = statement.replace(/^\/\*\*[\s\S]*?\*\/\n/, "");
    const [, list, from] = /^(?:import|export)(?: type)? (.*) from "(.*)";/.exec(code) ?? [];
    const [, declared] = /^(?:export )?(?:declare )?(?:abstract )?(?:class|interface|type|const|function) (\w+)/.exec(code) ?? [];
    if (from !== undefined && code.startsWith("export")) {
      file.passed.push({ from: path(from), names: list === "*" ? undefined : names(list).map(({ of }) => of), text: code });
    } else if (from !== undefined) {
      for (const { local, of } of names(list)) file.imported.set(local, { of, from: path(from), specifier: from });
    } else if (/^export (?:type )?\{ \w/.test(code)) {
      // Given on from what was imported.
      for (const { local, of } of names(/\{(.*)\}/.exec(code)[1])) {
        const { from, of: own, specifier } = file.imported.get(of);
        file.passed.push({ from, names: [own], text: `export { ${own === local ? own : `${own} as ${local}`} } from "${specifier}";\n` });
      }
    } else if (declared !== undefined) {
      file.declared.set(declared, [...(file.declared.get(declared) ?? []), statement]);
    } else if (code.trim() !== "" && code.trim() !== "export {};") {
      throw new Error(`${name}.d.ts: no declaration is understood in: ${code}`);
    }
  }
  return file;
}

/** Of `{ type A, B as C }` or `* as D`. */
function names(list) {
  return list
    .replaceAll(/[{}]|\btype /g, "")
    .split(",")
    .map((one) => one.trim().split(" as "))
    .map(([of, local = of]) => ({ of, local }));
}

function write(name, { declared, imported, passed, kept, used }) {
  const imports = [...used].map((local) => {
    const { of, specifier } = imported.get(local);
    const words = of === "*" ? `* as ${local}` : `{ ${of === local ? of : `${of} as ${local}`} }`;
    return `import type ${words} from "${specifier}";\n`;
  });
  const statements = [...declared].filter(([one]) => kept.has(one)).flatMap(([, texts]) => texts);
  const passing = passed.map(({ text }) => text);
  return [...imports, ...statements, ...passing, statements.length === 0 && passing.length === 0 ? "export {};\n" : ""].join("");
}
