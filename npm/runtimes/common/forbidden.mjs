//! What must hold of the default entry in places that do not let WebAssembly be compiled.

export function forbidden({ CachefnError, createCache, Glob, memoize }) {
  const advised = (call) => {
    try {
      call();
    } catch (error) {
      if (error instanceof CachefnError && error.code === "unavailable" && error.message.includes("cachefn-wasm/no-wasm")) return;
      throw error;
    }
    throw new Error("nothing was thrown");
  };
  return {
    "a cache is refused with the name of the entry that works": () => advised(() => createCache()),
    "so is a memoised function": () => advised(() => memoize((n) => n)(1)),
    "what needs no engine works": () => {
      if (!new Glob("a*").matches("ab")) throw new Error("a glob does not match");
    },
  };
}
