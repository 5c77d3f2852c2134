// The pictures that imported networks are compared on, as our decoder and resizing make pixels of them.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { resizeImage } from "../../src/data/image.ts";
import { dataFile } from "../../src/data/read/data-file.ts";
import { readZip } from "../../src/data/read/zip.ts";
import { decodeImage } from "../../src/node/image.ts";

/** Folder of files that are shared beside the repository. */
export const SHARED = fileURLToPath(new URL("../../../shared", import.meta.url));

/** The path of a shared file; undefined, with a printed reason, where it is not. */
export function sharedFile(...names: string[]): string | undefined {
  const path = join(SHARED, ...names);
  if (existsSync(path)) return path;
  console.log(`skipped: ${names.join("/")} is not shared with this checkout`);
  return undefined;
}

/** The first four validation photographs of each class, each `side` x `side` pixels of three channels. */
export async function photographs(zip: string, side: number): Promise<Uint8Array> {
  const entries = await readZip(dataFile({ name: zip, bytes: new Uint8Array(readFileSync(zip)) }));
  const chosen = ["ants", "bees"].flatMap((label) =>
    entries
      .filter(({ name }) => new RegExp(`val/${label}/[^/]+\\.jpg$`).test(name))
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .slice(0, 4),
  );
  if (chosen.length !== 8) throw new Error(`expected 8 photographs, got ${chosen.length}`);
  const pixels = new Uint8Array(8 * side * side * 3);
  for (const [i, entry] of chosen.entries()) {
    const image = await decodeImage(await entry.bytes(), entry.name);
    pixels.set(resizeImage(image, side, side, 3), i * side * side * 3);
  }
  return pixels;
}

/** The first hundred test pictures of each class of CIFAR-10, and their classes. */
export async function cifarPictures(zip: string): Promise<{ pixels: Uint8Array; labels: readonly number[] }> {
  const entries = await readZip(dataFile({ name: zip, bytes: new Uint8Array(readFileSync(zip)) }));
  const classes = [...new Set(entries.flatMap(({ name }) => /^test\/([^/]+)\//.exec(name)?.[1] ?? []))].sort();
  const chosen = classes.flatMap((label) =>
    entries
      .filter(({ name }) => name.startsWith(`test/${label}/`) && name.endsWith(".jpg"))
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .slice(0, 100),
  );
  if (chosen.length !== 1000) throw new Error(`expected 1,000 pictures, got ${chosen.length}`);
  const pixels = new Uint8Array(1000 * 32 * 32 * 3);
  for (const [i, entry] of chosen.entries()) {
    const image = await decodeImage(await entry.bytes(), entry.name);
    pixels.set(resizeImage(image, 32, 32, 3), i * 32 * 32 * 3);
  }
  return { pixels, labels: chosen.map((_, i) => Math.floor(i / 100)) };
}
