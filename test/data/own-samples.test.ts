import { describe, expect, it } from "vitest";
import { fitSamples } from "../../src/data/fit-samples.ts";
import { resizeImage } from "../../src/data/image.ts";
import { ownSamples } from "../../src/data/own-samples.ts";

describe("the samples of a picture that has the wanted size", () => {
  it.each([1, 2, 3, 4] as const)("are those that stretching, cropping and framing give, of %d channels", (own) => {
    for (const [width, height] of [
      [1, 1],
      [7, 5],
      [32, 32],
    ]) {
      const data = Uint8Array.from({ length: width * height * own }, (_, i) =>
        own % 2 === 0 && i % own === own - 1 ? 255 : (i * 7919 + (i >> 2)) % 256,
      );
      const image = { width, height, channels: own, data };
      for (const channels of own > 2 ? [3] : [1, 3]) {
        const samples = ownSamples(image, height, width, channels);
        expect(samples).toEqual(resizeImage(image, height, width, channels));
        for (const fit of ["crop", "contain"] as const)
          expect(samples).toEqual(fitSamples(image, [height, width, channels], fit).images);
      }
    }
  });

  it("are left to others where there is something to do", () => {
    const grey = { width: 2, height: 1, channels: 2, data: Uint8Array.of(1, 255, 2, 254) } as const;
    expect(ownSamples(grey, 1, 2, 1)).toBeUndefined();
    const colours = { width: 1, height: 1, channels: 3, data: Uint8Array.of(1, 2, 3) } as const;
    expect(ownSamples(colours, 1, 1, 1)).toBeUndefined();
    expect(ownSamples(colours, 2, 1, 3)).toBeUndefined();
    const deep = { width: 1, height: 1, channels: 1, data: Uint16Array.of(500) } as const;
    expect(ownSamples(deep, 1, 1, 1)).toBeUndefined();
  });
});
