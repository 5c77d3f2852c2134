// Builds two texts for bundlers of servers: build/node-worker.text.js, the program of Node's workers in one piece, from
// src/node/worker.ts, and build/jpeg-decoder.text.js, the wasm file of the JPEG decoder.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { deflateSync } from "node:zlib";
import { nodeBundle } from "./node-bundle.js";
import { writeText } from "./text-module.js";

const pack = (bytes) => deflateSync(bytes, { level: 9 });

const decoder = import.meta.resolve("@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm");
writeText("jpeg-decoder", pack(readFileSync(fileURLToPath(decoder))));

const input = { worker: "src/node/worker.ts" };
const isExternal = (name) => name.startsWith("node:");
const bundle = await nodeBundle(input, ["away", "self", "packed", "given"], isExternal);
const { output } = await bundle.generate({ format: "cjs", codeSplitting: false, minify: true, comments: false });
if (output.length !== 1) throw new Error(`the program of Node's workers: expected one file, got ${output.length}`);
writeText("node-worker", pack(output[0].code));
