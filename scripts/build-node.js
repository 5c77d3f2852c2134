// Builds what Node loads, from src/node.ts: dist/node/convasm.js, and beside it what is loaded when it is needed. To find and read a
// hundred modules takes three times as long.
import { rolldown } from "rolldown";

const bundle = await rolldown({
  input: { convasm: "src/node.ts" },
  platform: "node",
  // Packages, and what the compiler wrote, which lies as far from dist/node as from the sources' folders.
  external: (name) => !name.startsWith(".") && !name.startsWith("/") && name !== "src/node.ts",
  plugins: [
    {
      name: "built",
      resolveId: (source) => (source.startsWith("../../build/") ? { id: source, external: true } : null),
    },
  ],
});
await bundle.write({
  // Beside the programs of its workers, which tsc writes there.
  dir: "dist/node",
  format: "esm",
  entryFileNames: "[name].js",
  chunkFileNames: "convasm-[name].js",
});
