import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { fitSamples } from "../../src/data/fit-samples.ts";
import type { RasterImage } from "../../src/data/image.ts";

interface Golden {
  readonly image: { readonly height: number; readonly width: number; readonly data: readonly number[] };
  readonly size: readonly [number, number];
  readonly crop: readonly number[];
  readonly contain: readonly number[];
}

/** Written by make-fits.py. */
const CASES: readonly Golden[] = JSON.parse(
  readFileSync(fileURLToPath(new URL("../golden/fits.json", import.meta.url)), "utf8"),
);

it.each(["crop", "contain"] as const)("%s gives Pillow's pixels", (fit) => {
  for (const { image, size, ...wanted } of CASES) {
    const raster: RasterImage = { ...image, channels: 3, data: Uint8Array.from(image.data) };
    const { images } = fitSamples(raster, [...size, 3], fit);
    // Pillow's weights are whole numbers of 22 bits: halves may be rounded otherwise.
    const differences = wanted[fit].map((value, i) => Math.abs(value - images[i]));
    expect(images.length).toBe(wanted[fit].length);
    expect(Math.max(...differences), `${size}`).toBeLessThanOrEqual(1);
    expect(differences.filter((difference) => difference > 0).length, `${size}`).toBeLessThan(images.length / 20);
  }
});

it("keeps samples of 16 bits, and which parts are clear, where there are some", () => {
  const data = Uint16Array.of(0, 65535, 65535, 65535, 1000, 65535, 3000, 0);
  const { images, clear } = fitSamples({ width: 4, height: 1, channels: 2, data }, [1, 2, 1], "crop");
  expect(images).toEqual(new Float32Array([65535, 1000]));
  expect(clear).toEqual(new Float32Array(2));
  const whole = fitSamples({ width: 2, height: 1, channels: 2, data: data.slice(4) }, [1, 2, 1], "contain");
  expect([...whole.images]).toEqual([1000, 0]);
  expect([...(whole.clear ?? [])]).toEqual([0, 1]);
});
