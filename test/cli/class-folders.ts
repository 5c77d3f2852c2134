// Folders of small pictures, one per class, and a network that learns them in a moment.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { RandomStream } from "../../src/numeric/random.ts";
import { encodePng } from "../data/png-writer.ts";

const SIDE = 8;

/** Rows of the bar that pictures of each class show. */
export const ROWS: Readonly<Record<string, number>> = { cat: 1, dog: 3, hen: 5, owl: 7 };

/** Writes `counts` pictures of each class into `folder`, which is made. */
export function writeClasses(
  folder: string,
  counts: Readonly<Record<string, number>>,
  { seed = 1, side = SIDE }: { readonly seed?: number; readonly side?: number } = {},
): void {
  for (const [name, count] of Object.entries(counts)) {
    mkdirSync(join(folder, name), { recursive: true });
    const stream = RandomStream.from(seed, name);
    for (let i = 0; i < count; i++) {
      const noise = stream.child(i);
      const row = ROWS[name] ?? 0;
      const sample = (x: number, y: number) =>
        noise.integer(y * side + x, 60) + (Math.floor((y * SIDE) / side) === row ? 190 : 0);
      const png = encodePng({ width: side, height: side, depth: 8, colourType: 0, sample });
      writeFileSync(join(folder, name, `${String(i).padStart(3, "0")}.png`), png);
    }
  }
}

/** Writes the network, and gives the words that train it. */
export function smallTraining(cwd: string): string[] {
  const layers = [{ type: "flatten" }, { type: "dense", units: 3 }];
  const network = { layers, optimizer: { type: "adam", learningRate: 0.03 }, batchSize: 8, epochs: 6 };
  writeFileSync(join(cwd, "small.json"), JSON.stringify(network));
  return ["--model", "small.json", "--engine", "simd", "--threads", "1"];
}
