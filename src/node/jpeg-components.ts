/**
 * Removal of one of the four components of a JPEG file, for a decoder that takes at most three: the bits of the others
 * are copied, and no sample is changed (ITU-T T.81, annexes B, F and G).
 *
 * @module
 */

import { InputRangeError } from "../errors.ts";
import { BitCopier, type HuffmanTable, readTables } from "./jpeg-bits.ts";

interface Component {
  readonly id: number;
  readonly index: number;
  /** Blocks across and down in each unit of an interleaved scan. */
  readonly blocks: readonly [across: number, down: number];
}

interface Frame {
  readonly isProgressive: boolean;
  readonly width: number;
  readonly height: number;
  readonly components: readonly Component[];
}

/** Values of a file with colours of print (CMYK), as Adobe's marker tells them. */
export type AdobeTransform = "none" | "ycck";

const SOS = 0xda;

/** The kind of colours by Adobe's marker; `none` without one. */
export function adobeTransform(bytes: Uint8Array): AdobeTransform {
  for (const { marker, data } of segments(bytes)) {
    if (marker === 0xee && isAdobe(data)) return data[11] === 2 ? "ycck" : "none";
  }
  return "none";
}

function isAdobe(data: Uint8Array): boolean {
  return data.length >= 12 && [..."Adobe"].every((letter, i) => data[i] === letter.charCodeAt(0));
}

/**
 * A JPEG file with three of the components of another.
 *
 * @param who stands in error messages
 * @param bytes a whole file without bytes between its segments, as `readJpegStructure` gives it
 * @param dropped the component to leave out, from 0
 * @param transform the colours that the new file declares: `ycc` for brightness and two differences
 * @throws RangeError if the file is coded arithmetically, or its data is not in order
 */
export function threeComponents(
  who: string,
  bytes: Uint8Array,
  dropped: number,
  transform: "none" | "ycc",
): Uint8Array {
  const adobe = [0xff, 0xee, 0, 14, ...Buffer.from("Adobe"), 0, 100, 0, 0, 0, 0, transform === "ycc" ? 1 : 0];
  const out: Uint8Array[] = [Uint8Array.of(0xff, 0xd8, ...adobe)];
  const tables = new Map<number, HuffmanTable>();
  let frame: Frame | undefined;
  let interval = 0;
  for (const { marker, data, segment, scan } of segments(bytes)) {
    if (marker >= 0xc0 && marker <= 0xc2) {
      frame = readFrame(marker, data);
      const kept = frame.components.filter(({ index }) => index !== dropped);
      if (mostBlocks(kept).join() !== mostBlocks(frame.components).join()) throw unusual(who);
      const own = kept.flatMap(({ index }) => [...data.subarray(6 + 3 * index, 9 + 3 * index)]);
      out.push(Uint8Array.of(0xff, marker, 0, 8 + own.length, ...data.subarray(0, 5), 3, ...own));
    } else if (marker === SOS) {
      if (frame === undefined) throw unusual(who);
      out.push(...keptScan(who, frame, dropped, tables, interval, data, scan));
    } else if (marker > 0xc2 && marker <= 0xcf && marker !== 0xc4) throw unusual(who);
    // JFIF's and Adobe's markers would not be true of the new file.
    else if (marker !== 0xe0 && marker !== 0xee) {
      if (marker === 0xc4) readTables(data, tables);
      if (marker === 0xdd) interval = data[0] * 256 + data[1];
      out.push(segment);
    }
  }
  out.push(Uint8Array.of(0xff, 0xd9));
  return Buffer.concat(out);
}

function unusual(who: string): RangeError {
  return new InputRangeError(who, "a usual picture of four colours (CMYK)", "another", "unsupported-file", {
    advice: "save it as RGB",
  });
}

interface Segment {
  readonly marker: number;
  readonly data: Uint8Array;
  /** The segment with its marker and length. */
  readonly segment: Uint8Array;
  /** The entropy-coded data behind a start of a scan. */
  readonly scan: Uint8Array;
}

function* segments(bytes: Uint8Array): Generator<Segment, void, void> {
  for (let at = 2; at + 4 <= bytes.length; ) {
    const marker = bytes[at + 1];
    const end = at + 2 + bytes[at + 2] * 256 + bytes[at + 3];
    let next = end;
    if (marker === SOS) {
      // Stuffed bytes, restart marks and fill bytes belong to the data.
      const isData = (second: number) => second === 0 || second === 0xff || (second >= 0xd0 && second <= 0xd7);
      next = bytes.indexOf(0xff, end);
      while (next >= 0 && isData(bytes[next + 1]))
        next = bytes.indexOf(0xff, next + (bytes[next + 1] === 0xff ? 1 : 2));
      if (next < 0) return;
    }
    yield {
      marker,
      data: bytes.subarray(at + 4, end),
      segment: bytes.subarray(at, end),
      scan: bytes.subarray(end, next),
    };
    at = next;
  }
}

function readFrame(marker: number, data: Uint8Array): Frame {
  const [height, width] = [1, 3].map((at) => data[at] * 256 + data[at + 1]);
  const components = Array.from({ length: data[5] }, (_, index): Component => {
    const [id, sampling] = data.subarray(6 + 3 * index);
    return { id, index, blocks: [sampling >> 4, sampling & 15] };
  });
  return { isProgressive: marker === 0xc2, width, height, components };
}

function mostBlocks(components: readonly Component[]): [across: number, down: number] {
  return [
    Math.max(...components.map(({ blocks }) => blocks[0])),
    Math.max(...components.map(({ blocks }) => blocks[1])),
  ];
}

/** A scan with the blocks of the kept components; nothing where it has none of them. */
function keptScan(
  who: string,
  frame: Frame,
  dropped: number,
  tables: ReadonlyMap<number, HuffmanTable>,
  interval: number,
  data: Uint8Array,
  scan: Uint8Array,
): Uint8Array[] {
  const count = data[0];
  const parts = Array.from({ length: count }, (_, i) => {
    const [id, table] = data.subarray(1 + 2 * i);
    const component = frame.components.find((each) => each.id === id);
    if (component === undefined) throw unusual(who);
    return { component, table, isKept: component.index !== dropped };
  });
  const kept = parts.filter(({ isKept }) => isKept);
  if (kept.length === 0) return [];
  const [start, end, bits] = data.subarray(1 + 2 * count);
  const selectors = kept.flatMap(({ component, table }) => [component.id, table]);
  const header = Uint8Array.of(0xff, SOS, 0, 6 + selectors.length, kept.length, ...selectors, start, end, bits);
  if (kept.length === count) return [header, scan];
  const most = mostBlocks(frame.components);
  // A component alone would come in another order, unless each unit has one block of it.
  if (kept.length === 1 && most.join() !== "1,1") throw unusual(who);
  const copier = new BitCopier(who, scan);
  const units = Math.ceil(frame.width / (8 * most[0])) * Math.ceil(frame.height / (8 * most[1]));
  for (let unit = 0; unit < units; unit++) {
    if (interval > 0 && unit > 0 && unit % interval === 0) copier.restart();
    for (const { component, table, isKept } of parts) {
      copier.isKept = isKept;
      const [dc, ac] = [tables.get(table >> 4), tables.get(16 + (table & 15))];
      for (let block = 0; block < component.blocks[0] * component.blocks[1]; block++) {
        if (frame.isProgressive && bits >> 4 > 0) copier.bits(1);
        else copier.bits(copier.code(dc));
        if (!frame.isProgressive) copier.coefficients(ac);
      }
    }
  }
  return [header, copier.written()];
}
