// Mutated files of every format: each is read or refused in one line, with little time and memory, and what is read is right.
// CONVASM_FUZZ sets how many mutants there are of a format (default 500; 2,000 of other programs' models), CONVASM_FUZZ_SEED another seed
// than 1.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RandomStream } from "../../src/numeric/random.ts";
import { temporaryFolder } from "../cli/process.ts";
import { type Format, formats, type Seed } from "./formats.ts";
import { Libraries } from "./libraries.ts";
import { mutated } from "./mutate.ts";
import { buildReader, Reader } from "./process.ts";
import type { Reply, Request } from "./reader.ts";

const { CONVASM_FUZZ } = process.env;
const SEED = Number(process.env.CONVASM_FUZZ_SEED ?? 1);

/** Limits for a file: seconds of processor time, and memory beyond ten times its size. */
const MOST_SECONDS = 5;
const MOST_BYTES = 100e6;

/** Faults of a format that a failed test shows. */
const MOST_SHOWN = 20;

const { path: folder, remove } = temporaryFolder();
const all = await formats();
let reader: Reader;
let libraries: Libraries | undefined;

beforeAll(async () => {
  reader = new Reader(await buildReader(folder));
  libraries = await Libraries.start(folder);
  if (libraries === undefined)
    console.log("formats' own libraries are not asked: no Python with numpy, h5py, Pillow, safetensors");
});
afterAll(() => {
  reader.stop();
  libraries?.stop();
  remove();
});

function request({ reading }: Format, { name, beside = [] }: Seed, bytes: Uint8Array): Request {
  return { reading, files: [{ name, bytes }, ...beside] };
}

/** True for an error that a user can act on: who, expected, got. */
function isClear({ name, message }: NonNullable<Reply["error"]>): boolean {
  if (name === "SyntaxError") return message.includes("JSON");
  return /^(RangeError|TypeError)$/.test(name) && /expected .*, got|cannot/s.test(message) && !message.includes("\n");
}

/** Faults that the process' answer shows by itself. */
function faultOf(reply: Reply | string, bytes: Uint8Array): string | undefined {
  if (typeof reply === "string") return reply;
  const { error, seconds, grownBytes } = reply;
  if (error !== undefined && !isClear(error)) return `internal error: ${error.stack}`;
  if (seconds > MOST_SECONDS) return `took ${seconds.toFixed(1)} s`;
  if (grownBytes > 10 * bytes.length + MOST_BYTES)
    return `took ${Math.round(grownBytes / 1e6)} MB for ${bytes.length} bytes`;
  return undefined;
}

/** A fault of a file that was read though something notices that it is broken. */
async function silentFaultOf({ library, reading }: Format, bytes: Uint8Array, sha256: string, right: string) {
  if (sha256 === right) return undefined;
  // All that a model's numbers are made of is under its checksum.
  if (reading === "model" || reading === "resume") return "other weights, read without a word";
  if (library === "gzip") {
    try {
      gunzipSync(bytes);
    } catch (error) {
      return `read, though zlib says ${error}`;
    }
  }
  const said = library === undefined ? undefined : await libraries?.errorOf(library, bytes);
  return said === undefined ? undefined : `read, though ${library}'s own library says ${said}`;
}

describe("mutated files", () => {
  it.each(all)("of $name are read right or refused clearly", async (format) => {
    const right: string[] = [];
    for (const seed of format.seeds) {
      const reply = await reader.read(request(format, seed, seed.bytes));
      if (typeof reply === "string" || reply.sha256 === undefined) {
        throw new Error(`${seed.name}: expected it to be read, got ${JSON.stringify(reply)}`);
      }
      right.push(reply.sha256);
    }
    const stream = RandomStream.from(SEED, format.name);
    const faults: string[] = [];
    const mutants = Number(CONVASM_FUZZ ?? format.mutants ?? 500);
    let taken = 0;
    for (let i = 0; i < mutants; i++) {
      const which = i % format.seeds.length;
      const seed = format.seeds[which];
      const other = format.seeds[(which + 1) % format.seeds.length];
      const bytes = mutated(seed.bytes, other.bytes, stream.child(i));
      const reply = await reader.read(request(format, seed, bytes));
      let fault = faultOf(reply, bytes);
      if (fault === undefined && typeof reply !== "string" && reply.sha256 !== undefined) {
        taken++;
        fault = await silentFaultOf(format, bytes, reply.sha256, right[which]);
      }
      if (fault !== undefined) faults.push(`mutant ${i} of ${seed.name}: ${fault}${keep(format, seed, i, bytes)}`);
    }
    console.log(`${format.name}: ${mutants} mutants, ${taken} read, ${faults.length} faults`);
    expect(faults.slice(0, MOST_SHOWN), `${faults.length} faults`).toEqual([]);
  });
});

/** Writes a file that shows a fault where CONVASM_FUZZ_KEEP says. */
function keep(format: Format, { name }: Seed, i: number, bytes: Uint8Array): string {
  const place = process.env.CONVASM_FUZZ_KEEP;
  if (place === undefined) return "";
  mkdirSync(place, { recursive: true });
  const path = join(place, `${format.name}-${i}-${name.replaceAll("/", "-")}`.replaceAll(" ", "-"));
  writeFileSync(path, bytes);
  return ` (${path})`;
}
