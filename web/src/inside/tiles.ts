import { context2d } from "../ui/dom.ts";
import { largestOf, signedColours } from "./colour-map.ts";

/** Maps that a canvas shows at most; the rest is told in words. */
export const MOST_TILES = 64;

/** Side of a unit that stands in a row of its like. */
const UNIT = 18;

/** Numbers as tiles of one size, side by side. */
export interface Tiles {
  readonly values: ArrayLike<number>;
  readonly count: number;
  readonly height: number;
  readonly width: number;
  /** Index in `values` of a pixel of a tile. */
  at(tile: number, y: number, x: number): number;
}

/** Maps of a layer's output, [height, width, channels], or its units in one row. */
export function activationTiles(values: ArrayLike<number>, shape: readonly number[]): Tiles {
  if (shape.length !== 3) {
    const units = values.length;
    return { values, count: 1, height: 1, width: units, at: (_, __, x) => x };
  }
  const [height, width, channels] = shape;
  return { values, count: channels, height, width, at: (tile, y, x) => (y * width + x) * channels + tile };
}

/** Filters [rows, columns, channels, filters] by filter and channel; a matrix as it is; other weights in one row. */
export function weightTiles(values: ArrayLike<number>, shape: readonly number[]): Tiles {
  if (shape.length === 4) {
    const [height, width, channels, filters] = shape;
    const at = (tile: number, y: number, x: number): number => {
      const channel = tile % channels;
      return ((y * width + x) * channels + channel) * filters + (tile - channel) / channels;
    };
    return { values, count: channels * filters, height, width, at };
  }
  if (shape.length === 2) {
    // Long matrices lie on their side: screens are wider than high.
    const [rows, columns] = shape;
    return { values, count: 1, height: columns, width: rows, at: (_, y, x) => x * columns + y };
  }
  return { values, count: 1, height: 1, width: values.length, at: (_, __, x) => x };
}

/** Layout of tiles. */
export interface TileLayout {
  /** Width that there is, in CSS pixels. */
  readonly room: number;
  /** About how large a tile is to be. */
  readonly size: number;
  /** Value of full colour; default: the largest value of all tiles. */
  readonly scale?: number;
}

/** Draws tiles as large as the room allows. Returns how many were drawn. */
export function drawTiles(canvas: HTMLCanvasElement, tiles: Tiles, { room, size, scale }: TileLayout): number {
  const { values, height, width, at } = tiles;
  const count = Math.min(MOST_TILES, tiles.count);
  const gap = 3;
  const most = Math.max(1, Math.floor(room / width));
  const isRow = tiles.count === 1 && height === 1;
  const wanted = isRow ? UNIT : Math.round(size / Math.max(height, width));
  const zoom = Math.max(1, Math.min(most, wanted));
  const [tileWidth, tileHeight] = [width * zoom, height * (isRow ? UNIT : zoom)];
  const columns = Math.max(1, Math.min(count, Math.floor((room + gap) / (tileWidth + gap))));
  const rows = Math.ceil(count / columns);
  const canvasWidth = columns * (tileWidth + gap) - gap;
  const canvasHeight = rows * (tileHeight + gap) - gap;
  if (canvas.width !== canvasWidth || canvas.height !== canvasHeight) {
    canvas.width = canvasWidth;
    canvas.height = canvasHeight;
    canvas.style.width = `${Math.min(canvasWidth, room)}px`;
  }
  const context = context2d(canvas);
  const image = context.createImageData(canvasWidth, canvasHeight);
  const pixels = new Uint32Array(image.data.buffer);
  const { colourOf, ground } = signedColours();
  pixels.fill(ground);
  const full = scale ?? largestOf(values);
  const stretch = tileHeight / height;
  for (let tile = 0; tile < count; tile++) {
    const left = (tile % columns) * (tileWidth + gap);
    const top = Math.floor(tile / columns) * (tileHeight + gap);
    for (let y = 0; y < height; y++) {
      const first = (top + y * stretch) * canvasWidth + left;
      for (let x = 0; x < width; x++) {
        pixels.fill(colourOf(values[at(tile, y, x)], full), first + x * zoom, first + (x + 1) * zoom);
      }
      for (let row = 1; row < stretch; row++) {
        pixels.copyWithin(first + row * canvasWidth, first, first + tileWidth);
      }
    }
  }
  context.putImageData(image, 0, 0);
  return count;
}
