import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { deflateSync } from "node:zlib";
import { digits } from "../../dist/index.js";
import { found, same } from "./steps.js";

const SHARED = fileURLToPath(new URL("../../../shared/data", import.meta.url));
const PHOTOGRAPHS = join(process.env.CONVASM_DATA ?? SHARED, "ants-bees.zip");

const ACCURACY = /^(?:Test|Validation) accuracy ([\d.]+ %)/m;

/**
 * The first hour of somebody with a terminal: trains on digits, does all that each command says to go on with, and again with
 * photographs where `$CONVASM_DATA` has the ants and bees.
 *
 * @param {import("./steps.js").Steps} steps
 */
export async function commandLine(steps) {
  const [, label] = writeDigit(join(steps.folder, "IMAGE.png"));
  await steps.convasm(["doctor", "--quick"]);
  await steps.convasm(["data", "inspect", "digits"]);
  await trained(steps, ["digits", "--limit", "5000", "--out", "hour/digits"]);
  const read = await steps.convasm(["predict", "@latest", "IMAGE.png", "--quiet"]);
  await steps.step(`the digit is read as ${label}`, async () => same("digit", found(read, /(\d)\s*$/), label));
  await trained(steps, ["digits", "--from", "@latest", "--limit", "1000", "--epochs", "1"]);
  await steps.convasm(["runs"]);
  await steps.convasm(["runs", "compare", "@latest", "@latest~1", "--svg", "curves.svg"]);
  await steps.convasm(["export", "@latest", "--html", "page.html"]);
  await trained(steps, ["digits", "--limit", "500", "--epochs", "2", "--seeds", "2", "--out", "hour/seeds"]);
  if (existsSync(PHOTOGRAPHS)) {
    await steps.convasm(["data", "inspect", PHOTOGRAPHS]);
    await trained(steps, [PHOTOGRAPHS, "--epochs", "3"]);
  } else console.log(`      skipped: no ${PHOTOGRAPHS}, so no photographs`);
}

/** Trains, then runs every line that says how to go on, and those that these print; figures have to be those printed before. */
async function trained(steps, words) {
  const text = await steps.convasm(["train", ...words]);
  const accuracy = ACCURACY.exec(text)?.[1];
  const done = new Set();
  const follow = async (printed) => {
    for (const line of nextLines(printed)) {
      if (done.has(line)) continue;
      done.add(line);
      const more = await steps.line(line);
      if (/ eval /.test(line)) same(`accuracy of ${line}`, found(more, ACCURACY), accuracy);
      if (/ runs compare /.test(line)) {
        const mean = found(text, /^Mean of .*?accuracy ([\d.]+ % ± [\d.]+ %)/m);
        if (!more.includes(mean)) throw new Error(`${line}: expected ${mean}, as was printed before, got\n${more}`);
      }
      await follow(more);
    }
  };
  const lines = nextLines(text);
  if (lines.length === 0) throw new Error(`expected lines under "Next", got none\n${text}`);
  await follow(text);
}

/** The command lines under `Next`. */
function nextLines(text) {
  const at = text.search(/^Next /m);
  if (at < 0) return [];
  return [...text.slice(at).matchAll(/^(?:Next)? +(\S.*)$/gm)].map(([, line]) => line);
}

/** Writes a generated digit that no run is trained on as a picture, and gives its path and its class. */
function writeDigit(path) {
  const { images, labels } = digits({ count: 1, seed: 5, start: 3 });
  const rows = Array.from({ length: 28 }, (_, y) => Buffer.from([0, ...images.subarray(28 * y, 28 * (y + 1))]));
  const header = Buffer.alloc(13);
  header.writeUInt32BE(28, 0);
  header.writeUInt32BE(28, 4);
  header.set([8, 0], 8);
  const chunks = [
    ["IHDR", header],
    ["IDAT", deflateSync(Buffer.concat(rows))],
    ["IEND", Buffer.alloc(0)],
  ].map(([name, content]) => chunk(name, content));
  writeFileSync(path, Buffer.concat([Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]), ...chunks]));
  return [path, String(labels[0])];
}

/** A part of a PNG file, with its length and its CRC-32. */
function chunk(name, content) {
  const body = Buffer.concat([Buffer.from(name), content]);
  let crc = 0xffffffff;
  for (const byte of body) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(content.length, 0);
  framed.set(body, 4);
  framed.writeUInt32BE((crc ^ 0xffffffff) >>> 0, body.length + 4);
  return framed;
}
