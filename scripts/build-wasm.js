// Compiles every target of asconfig.json into build/.
import { mkdirSync, readFileSync } from "node:fs";
import asc from "assemblyscript/asc";

const { targets } = JSON.parse(readFileSync("asconfig.json", "utf8"));
const wanted = process.argv.slice(2);
mkdirSync("build", { recursive: true });

for (const target of wanted.length > 0 ? wanted : Object.keys(targets)) {
  const { error, stderr } = await asc.main(["--config", "asconfig.json", "--target", target]);
  if (error) {
    console.error(stderr.toString());
    process.exit(1);
  }
}
