import type { RasterImage } from "../data/image.ts";
import { exifOrientation, upright } from "../data/orientation.ts";
import { checkedSize } from "../data/picture-limits.ts";
import type { DecodeImageOptions } from "../data/png.ts";
import { InputRangeError } from "../errors.ts";
import { webpWasm } from "./webp-decoder.ts";

/** A chunk of a WebP file. */
interface Chunk {
  readonly type: string;
  readonly data: Uint8Array;
  /** The chunk with its type, length and padding. */
  readonly whole: Uint8Array;
}

/** Bytes of a frame's place and duration, before its chunks. */
const FRAME_HEADER = 16;

let compiled: Promise<WebAssembly.Module> | undefined;

/**
 * Decodes a WebP picture, turned upright as its EXIF data says, by libwebp compiled to wasm, which is loaded when the first one comes. Of a
 * moving picture it is the first frame.
 *
 * @throws RangeError if the data is not a whole WebP, or the picture is too large
 */
export async function decodeWebp(bytes: Uint8Array, options: DecodeImageOptions): Promise<RasterImage> {
  const who = `webp ${JSON.stringify(options.name)}`;
  const [height, width] = checkedSize(who, bytes, options);
  if (new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getUint32(4, true) + 8 > bytes.length)
    throw new InputRangeError(who, "a whole file", "one that is cut off", "damaged-file");
  const damaged = () => new InputRangeError(who, "a whole WebP file", "corrupt data", "damaged-file");
  const chunks = chunksOf(bytes.subarray(12));
  const frame = chunks.find(({ type }) => type === "ANMF")?.data;
  const exif = chunks.find(({ type }) => type === "EXIF")?.data ?? new Uint8Array();
  const image = await decoded(frame === undefined ? bytes : stillOf(frame));
  if (image === undefined) throw damaged();
  const whole = frame === undefined ? image : onCanvas(image, frame, width, height);
  if (whole === undefined || whole.width !== width || whole.height !== height) throw damaged();
  return upright(whole, exifOrientation(withoutName(exif)));
}

/** EXIF data from its byte order mark on: some programs write its name before it, as JPEG files have it. */
function withoutName(exif: Uint8Array): Uint8Array {
  return exif[0] === 0x45 && exif[1] === 0x78 ? exif.subarray(6) : exif;
}

function chunksOf(bytes: Uint8Array): Chunk[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const chunks: Chunk[] = [];
  for (let at = 0; at + 8 <= bytes.length; ) {
    const length = view.getUint32(at + 4, true);
    const end = at + 8 + length + (length % 2);
    const type = String.fromCharCode(...bytes.subarray(at, at + 4));
    chunks.push({ type, data: bytes.subarray(at + 8, at + 8 + length), whole: bytes.subarray(at, end) });
    at = end;
  }
  return chunks;
}

/** A file of the first frame alone. */
function stillOf(frame: Uint8Array): Uint8Array {
  const chunks = chunksOf(frame.subarray(FRAME_HEADER)).filter(({ type }) => /^(ALPH|VP8 |VP8L)$/.test(type));
  // Transparency in a chunk of its own needs a header that says so, with the frame's size as the frame has it.
  const header = [0x56, 0x50, 0x38, 0x58, 10, 0, 0, 0, 0x10, 0, 0, 0, ...frame.subarray(6, 12)];
  const first = chunks.some(({ type }) => type === "ALPH") ? [Uint8Array.from(header)] : [];
  const body = Buffer.concat([...first, ...chunks.map(({ whole }) => whole)]);
  const start = Buffer.from("RIFF\0\0\0\0WEBP", "latin1");
  start.writeUInt32LE(body.length + 4, 4);
  return Buffer.concat([start, body]);
}

/** A frame at its place on an empty picture; undefined if it lies beyond the edges. */
function onCanvas(image: RasterImage, frame: Uint8Array, width: number, height: number): RasterImage | undefined {
  const three = (at: number) => frame[at] + 256 * frame[at + 1] + 65_536 * frame[at + 2];
  const [left, top] = [2 * three(0), 2 * three(3)];
  if (left + image.width > width || top + image.height > height) return undefined;
  const data = new Uint8Array(width * height * 4);
  for (let y = 0; y < image.height; y++) {
    const row = image.data.subarray(y * image.width * 4, (y + 1) * image.width * 4);
    data.set(row, ((top + y) * width + left) * 4);
  }
  return { width, height, channels: 4, data };
}

/** The pixels of a file of one picture; undefined if it is not in order. */
async function decoded(bytes: Uint8Array): Promise<RasterImage | undefined> {
  compiled ??= webpWasm().then((wasm) => WebAssembly.compile(wasm));
  const wasm = await compiled;
  const { default: factory } = await import("@jsquash/webp/codec/dec/webp_dec.js");
  const decoder = await factory({
    noInitialRun: true,
    instantiateWasm(imports, done) {
      const instance = new WebAssembly.Instance(wasm, imports);
      done(instance);
      return instance.exports;
    },
  });
  const pixels = decoder.decode(bytes);
  if (pixels === null) return undefined;
  const { width, height, data } = pixels;
  return { width, height, channels: 4, data: new Uint8Array(data.buffer, data.byteOffset, data.length) };
}
