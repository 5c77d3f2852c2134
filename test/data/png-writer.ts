/**
 * Writes PNG files of every kind for tests, straight from the format's description; slow and plain. What it has in common with
 * `src/data/png.ts`, such as the predictions of rows, stands here again, so that the reader is not tested by itself.
 */

import { crc32, deflateSync } from "node:zlib";

export interface PngSpec {
  width: number;
  height: number;
  depth: number;
  colourType: number;
  interlaced?: boolean;
  /** Value of sample `s` of a pixel, in the file's depth. */
  sample: (x: number, y: number, s: number) => number;
  palette?: number[];
  transparency?: number[];
  /** Bytes of pixel data per IDAT chunk; default all in one. */
  chunkBytes?: number;
  /** Further chunks before the pixels. */
  extra?: Buffer[];
}

export const SAMPLES: Record<number, number> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

export function chunk(type: string, data: Uint8Array | number[]): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), Buffer.from(data)]);
  const frame = Buffer.alloc(body.length + 8);
  frame.writeUInt32BE(body.length - 4, 0);
  body.copy(frame, 4);
  frame.writeUInt32BE(crc32(body), frame.length - 4);
  return frame;
}

export function headerChunk(spec: PngSpec): Buffer {
  const data = Buffer.alloc(13);
  data.writeUInt32BE(spec.width, 0);
  data.writeUInt32BE(spec.height, 4);
  data.set([spec.depth, spec.colourType, 0, 0, spec.interlaced ? 1 : 0], 8);
  return chunk("IHDR", data);
}

/** One pass of pixels, each row with another filter. */
function passData(spec: PngSpec, columns: number[], rows: number[]): number[] {
  const samples = SAMPLES[spec.colourType];
  const distance = Math.max(1, (samples * spec.depth) / 8);
  const out: number[] = [];
  let above: number[] = [];
  rows.forEach((y, r) => {
    const bits = columns
      .flatMap((x) => Array.from({ length: samples }, (_, s) => spec.sample(x, y, s)))
      .map((value) => value.toString(2).padStart(spec.depth, "0"))
      .join("");
    const row = (bits.match(/.{1,8}/g) ?? []).map((byte) => Number.parseInt(byte.padEnd(8, "0"), 2));
    const filter = (r + 1) % 5;
    out.push(filter);
    row.forEach((value, i) => {
      const a = row[i - distance] ?? 0;
      const b = above[i] ?? 0;
      const c = above[i - distance] ?? 0;
      const nearest = [a, b, c].sort((p, q) => Math.abs(a + b - c - p) - Math.abs(a + b - c - q))[0];
      const guess = [0, a, b, Math.floor((a + b) / 2), nearest][filter];
      out.push((value - guess + 256) % 256);
    });
    above = row;
  });
  return out;
}

function steps(begin: number, step: number, end: number): number[] {
  const list: number[] = [];
  for (let i = begin; i < end; i += step) list.push(i);
  return list;
}

export function rawPixels(spec: PngSpec): number[] {
  const starts = spec.interlaced
    ? [
        [0, 0, 8, 8],
        [4, 0, 8, 8],
        [0, 4, 4, 8],
        [2, 0, 4, 4],
        [0, 2, 2, 4],
        [1, 0, 2, 2],
        [0, 1, 1, 2],
      ]
    : [[0, 0, 1, 1]];
  return starts.flatMap(([x, y, dx, dy]) => {
    const columns = steps(x, dx, spec.width);
    return columns.length === 0 ? [] : passData(spec, columns, steps(y, dy, spec.height));
  });
}

export const PNG_SIGNATURE = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);

export function encodePng(spec: PngSpec): Uint8Array {
  const packed = deflateSync(Uint8Array.from(rawPixels(spec)));
  const size = spec.chunkBytes ?? packed.length;
  return Buffer.concat([
    PNG_SIGNATURE,
    headerChunk(spec),
    ...(spec.extra ?? []),
    ...(spec.palette ? [chunk("PLTE", spec.palette)] : []),
    ...(spec.transparency ? [chunk("tRNS", spec.transparency)] : []),
    ...steps(0, size, packed.length).map((begin) => chunk("IDAT", packed.subarray(begin, begin + size))),
    chunk("IEND", []),
  ]);
}
