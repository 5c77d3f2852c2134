import { type AnyDataset, type Dataset, imageSize, takeDataset } from "../data/dataset.ts";
import { resizePlane } from "../data/image.ts";
import { loadDataset } from "../data/load-dataset.ts";
import { mark } from "./style.ts";

/** Options of drawings of images. */
export interface SampleLook {
  /** Width of the terminal, in characters. */
  readonly columns: number;
  /** Colours that the terminal shows: all 16 million, 256, or none. */
  readonly colours: "all" | "256" | "none";
  /** True if it shows half blocks. */
  readonly unicode: boolean;
}

/** Images are drawn no wider than this, so that several stand beside each other. */
const MAX_WIDTH = 32;

/** Columns that a row of images has where the terminal has no end. */
const DEFAULT_COLUMNS = 100;

const GAP = "  ";

/** Characters for shades from black to white. */
const SHADES = " .:-=+*#%@";

/** Red, green and blue, 0 to 255. */
type Colour = readonly [red: number, green: number, blue: number];

/** A picture to draw. */
interface Thumbnail {
  readonly width: number;
  readonly height: number;
  at(x: number, y: number): Colour;
}

/**
 * Draws a few images beside each other, one of each class as far as there is room, each under the name of its class.
 *
 * @param most how many at most; those that don't fit in the row are left out
 * @param range lowest and highest value of the pixels, which become black and white
 */
export async function drawSamples(
  dataset: AnyDataset,
  most: number,
  range: readonly [number, number],
  look: SampleLook,
): Promise<string[]> {
  const columns = Number.isFinite(look.columns) ? look.columns : DEFAULT_COLUMNS;
  const perPixel = look.unicode ? 1 : 2;
  const width = Math.max(1, Math.min(dataset.shape[1], MAX_WIDTH, Math.floor(columns / perPixel)));
  const fitting = Math.max(1, Math.floor((columns + GAP.length) / (width * perPixel + GAP.length)));
  const chosen = oneOfEach(dataset, Math.min(most, fitting));
  const shown = await loadDataset(takeDataset(dataset, chosen));
  const blocks = chosen.map((_, i) => {
    const name = nameOf(shown, i).slice(0, width * perPixel);
    const lines = drawThumbnail(thumbnail(shown, i, width, range), look);
    return [name.padEnd(width * perPixel), ...lines];
  });
  return (blocks[0] ?? []).map((_, line) =>
    blocks
      .map((block) => block[line])
      .join(GAP)
      .trimEnd(),
  );
}

function nameOf({ labels, classNames }: Dataset, index: number): string {
  const label = labels?.[index];
  return label === undefined ? "" : (classNames?.[label] ?? String(label));
}

/** The first image of each class in turn, then further ones. */
function oneOfEach({ labels, length }: AnyDataset, most: number): number[] {
  const first = new Map<number, number>();
  for (let i = 0; i < length; i++) {
    const label = labels?.[i] ?? 0;
    if (!first.has(label)) first.set(label, i);
  }
  const chosen = [...first].sort(([a], [b]) => a - b).map(([, index]) => index);
  for (let i = 0; i < length && chosen.length < most; i++) if (!chosen.includes(i)) chosen.push(i);
  return chosen.slice(0, most);
}

function thumbnail(dataset: Dataset, index: number, width: number, [low, high]: readonly [number, number]): Thumbnail {
  const [rows, columns, channels] = dataset.shape;
  const size = imageSize(dataset);
  const pixels = dataset.images.subarray(index * size, (index + 1) * size);
  const height = Math.max(1, Math.round((rows * width) / columns));
  const planes = Array.from({ length: channels }, (_, c) => {
    const data = Float32Array.from(
      { length: rows * columns },
      (_, i) => ((pixels[i * channels + c] - low) * 255) / (high - low || 1),
    );
    return resizePlane({ width: columns, height: rows, data }, height, width).data;
  });
  const value = (c: number, at: number) => Math.max(0, Math.min(255, Math.round(planes[c][at])));
  const at = (x: number, y: number): Colour => {
    const place = y * width + x;
    if (channels === 3 || channels === 4) return [value(0, place), value(1, place), value(2, place)];
    return [value(0, place), value(0, place), value(0, place)];
  };
  return { width, height, at };
}

function drawThumbnail({ width, height, at }: Thumbnail, { colours, unicode }: SampleLook): string[] {
  const across = Array.from({ length: width }, (_, x) => x);
  if (!unicode) {
    return Array.from({ length: height }, (_, y) => across.map((x) => shade(brightness(at(x, y))).repeat(2)).join(""));
  }
  return Array.from({ length: Math.ceil(height / 2) }, (_, line) => {
    const lower = (x: number): Colour => (2 * line + 1 < height ? at(x, 2 * line + 1) : [0, 0, 0]);
    if (colours === "none") {
      return across.map((x) => halfBlock(brightness(at(x, 2 * line)) > 127, brightness(lower(x)) > 127)).join("");
    }
    const cells = across.map((x) => `${mark(`${code(at(x, 2 * line), colours, 38)};${code(lower(x), colours, 48)}`)}▀`);
    return `${cells.join("")}${mark(0)}`;
  });
}

function halfBlock(upper: boolean, lower: boolean): string {
  if (upper) return lower ? "█" : "▀";
  return lower ? "▄" : " ";
}

function brightness([red, green, blue]: Colour): number {
  return (299 * red + 587 * green + 114 * blue) / 1000;
}

function shade(value: number): string {
  return SHADES[Math.min(SHADES.length - 1, Math.floor((value / 256) * SHADES.length))];
}

/** The terminal's code for a colour; of 256 colours 24 are grey and 216 a cube. */
function code([red, green, blue]: Colour, colours: "all" | "256", layer: 38 | 48): string {
  if (colours === "all") return `${layer};2;${red};${green};${blue}`;
  if (red === green && green === blue) return `${layer};5;${232 + Math.min(23, Math.floor((red * 24) / 256))}`;
  const step = (value: number) => Math.round((value * 5) / 255);
  return `${layer};5;${16 + 36 * step(red) + 6 * step(green) + step(blue)}`;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Number of colours that a terminal with colours shows. */
export function colourDepth(hasColours: boolean, env: Environment = process.env): SampleLook["colours"] {
  if (!hasColours) return "none";
  return /truecolor|24bit/i.test(env.COLORTERM ?? "") ? "all" : "256";
}
