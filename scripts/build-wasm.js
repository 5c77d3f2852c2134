// Compiles every target of asconfig.json into build/, and writes those that browsers run as modules of text, too.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { deflateSync } from "node:zlib";
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

// Packed first, then as text: a third of the size, and no more than the file itself when a server packs it again.
for (const gear of ["simd", "relaxed"]) {
  const text = deflateSync(readFileSync(`build/${gear}.wasm`), { level: 9 }).toString("base64");
  writeFileSync(`build/${gear}.text.js`, `export default "${text}";\n`);
  writeFileSync(`build/${gear}.text.d.ts`, "declare const text: string;\nexport default text;\n");
}
