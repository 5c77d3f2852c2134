// Builds what Node loads, from src/node.ts: dist/node/convasm.js, and beside it what is loaded on demand. To find and
// read a hundred modules takes three times as long; what the first file shares with the others is one file, too. Also
// dist/packed for bundlers of servers, where no file has to lie beside another one, as bundlers move what they find and
// lose what they don't.
import { rmSync } from "node:fs";
import { nodeBundle } from "./node-bundle.js";

async function write(dir, variants, isExternal) {
  const bundle = await nodeBundle({ convasm: "src/node.ts" }, variants, isExternal);
  await bundle.write({
    dir,
    format: "esm",
    entryFileNames: "[name].js",
    chunkFileNames: "convasm-[name].js",
    codeSplitting: { groups: [{ name: "shared", minShareCount: 2, includeDependenciesRecursively: false }] },
  });
}

// Beside the programs of its workers, which tsc writes there.
await write("dist/node", ["given"], () => true);
rmSync("dist/packed", { recursive: true, force: true });
await write("dist/packed", ["packed", "given"], (name) => !name.startsWith("@jsquash/"));
