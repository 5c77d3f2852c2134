// Compiles every target of asconfig.json into build/: `<engine>` has the kernels of assembly/index.ts, `<engine>-extra` those of
// assembly/extra.ts, whose constants lie behind the others in the first 64 KiB of the memory.
import { mkdirSync, readFileSync } from "node:fs";
import asc from "assemblyscript/asc";

const { targets } = JSON.parse(readFileSync("asconfig.json", "utf8"));
const wanted = process.argv.slice(2);
mkdirSync("build", { recursive: true });

for (const target of wanted.length > 0 ? wanted : Object.keys(targets)) {
  const entry = target.endsWith("-extra") ? "assembly/extra.ts" : "assembly/index.ts";
  const { error, stderr } = await asc.main([entry, "--config", "asconfig.json", "--target", target]);
  if (error) {
    console.error(stderr.toString());
    process.exit(1);
  }
}
