// Builds four texts for bundlers of servers: build/node-worker.text.js, the program of Node's workers in one piece, from
// src/node/worker.ts, and build/jpeg-decoder.text.js, webp-decoder and bmp-decoder beside it, the wasm files of decoders of pictures.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { deflateSync } from "node:zlib";
import { nodeBundle } from "./node-bundle.js";
import { writeText } from "./text-module.js";

const pack = (bytes) => deflateSync(bytes, { level: 9 });

for (const [name, file] of [
  ["jpeg-decoder", "@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm"],
  ["webp-decoder", "@jsquash/webp/codec/dec/webp_dec.wasm"],
  ["bmp-decoder", "@cwasm/nsbmp/nsbmp.wasm"],
]) {
  writeText(name, pack(readFileSync(fileURLToPath(import.meta.resolve(file)))));
}

const input = { worker: "src/node/worker.ts" };
const isExternal = (name) => name.startsWith("node:");
const bundle = await nodeBundle(input, ["away", "self", "packed", "given"], isExternal);
const { output } = await bundle.generate({ format: "cjs", codeSplitting: false, minify: true, comments: false });
if (output.length !== 1) throw new Error(`the program of Node's workers: expected one file, got ${output.length}`);
writeText("node-worker", pack(output[0].code));
