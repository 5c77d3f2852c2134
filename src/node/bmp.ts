import type { RasterImage } from "../data/image.ts";
import { checkedSize } from "../data/picture-limits.ts";
import type { DecodeImageOptions } from "../data/png.ts";
import { InputRangeError } from "../errors.ts";
import { bmpWasm } from "./bmp-decoder.ts";

/** Bytes of the headers that are known; older ones are of OS/2. */
const HEADERS = [40, 52, 56, 108, 124];

/** Kinds of packing: none, and masks of colours. */
const PLAIN = 0;
const MASKS = 3;

/** The functions of the decoder that are used: places and sizes in its memory. */
interface BmpDecoder {
  readonly memory: WebAssembly.Memory;
  malloc(bytes: number): number;
  decode_bmp(pixels: number, width: number, height: number, data: number, bytes: number): number;
}

let compiled: Promise<WebAssembly.Module> | undefined;

/**
 * Decodes a BMP picture of 1, 4, 8, 16, 24 or 32 bits, by libnsbmp compiled to wasm, which is loaded when the first one comes.
 *
 * @throws RangeError if the data is not a whole BMP, or one of OS/2 or with run lengths, or the picture is too large
 */
export async function decodeBmp(bytes: Uint8Array, options: DecodeImageOptions): Promise<RasterImage> {
  const who = `bmp ${JSON.stringify(options.name)}`;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const header = view.getUint32(14, true);
  const advice = "save it as PNG";
  if (!HEADERS.includes(header))
    throw new InputRangeError(who, "a BMP picture of Windows", "one of OS/2", "unsupported-file", { advice });
  const [height, width] = checkedSize(who, bytes, options);
  if (bytes.length < 14 + Math.max(header, 52))
    throw new InputRangeError(who, "a whole file", "one that is cut off", "damaged-file");
  const packing = view.getUint32(30, true);
  if (packing !== PLAIN && packing !== MASKS)
    throw new InputRangeError(who, "a BMP picture as it is", "a packed one", "unsupported-file", { advice });
  const bits = view.getUint16(28, true);
  const row = 4 * Math.ceil((width * bits) / 32);
  const damaged = new InputRangeError(who, "a whole BMP file", "corrupt data", "damaged-file");
  if (![1, 4, 8, 16, 24, 32].includes(bits) || bytes.length < view.getUint32(10, true) + row * height) throw damaged;
  const data = await decoded(bytes, width, height);
  if (data === undefined) throw damaged;
  if (bits === 16) fill(data, packing === MASKS ? [54, 58, 62].map((at) => ones(view.getUint32(at, true))) : [5, 5, 5]);
  return { width, height, channels: 4, data };
}

/** The pixels, red, green, blue and alpha; undefined if the decoder refuses them. */
async function decoded(bytes: Uint8Array, width: number, height: number): Promise<Uint8Array | undefined> {
  compiled ??= bmpWasm().then((wasm) => WebAssembly.compile(wasm));
  const decoder = decoderOf(await compiled);
  const [data, numbers] = [decoder.malloc(bytes.length), decoder.malloc(12)];
  if (data === 0 || numbers === 0) return undefined;
  new Uint8Array(decoder.memory.buffer, data, bytes.length).set(bytes);
  try {
    if (decoder.decode_bmp(numbers, numbers + 4, numbers + 8, data, bytes.length) !== 0) return undefined;
  } catch {
    return undefined;
  }
  const [pixels, ...size] = new Uint32Array(decoder.memory.buffer, numbers, 3);
  if (size.join() !== [width, height].join()) return undefined;
  return new Uint8Array(decoder.memory.buffer, pixels, width * height * 4).slice();
}

/** A decoder of its own for each picture: what a broken one leaves in its memory goes with it. */
function decoderOf(wasm: WebAssembly.Module): BmpDecoder {
  const refuse = () => {
    throw new Error("a function of the system");
  };
  const system = { proc_exit: refuse, fd_close: refuse, fd_seek: refuse, fd_write: refuse };
  const env = { setjmp: () => 0, longjmp: refuse };
  const { exports } = new WebAssembly.Instance(wasm, { env, wasi_snapshot_preview1: system });
  const { memory, malloc, decode_bmp } = exports;
  if (!(memory instanceof WebAssembly.Memory) || typeof malloc !== "function" || typeof decode_bmp !== "function")
    throw new Error("the decoder of BMP is another one");
  return {
    memory,
    malloc: (...numbers) => malloc(...numbers),
    decode_bmp: (...numbers) => decode_bmp(...numbers),
  };
}

/** Stretches samples of fewer bits, which the decoder leaves in the upper ones, to all eight. */
function fill(pixels: Uint8Array, bits: readonly number[]): void {
  for (let at = 0; at < pixels.length; at += 4) {
    for (let c = 0; c < 3; c++) pixels[at + c] |= pixels[at + c] >> bits[c];
  }
}

function ones(mask: number): number {
  return mask.toString(2).replaceAll("0", "").length;
}
