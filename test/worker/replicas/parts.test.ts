import { describe, expect, it } from "vitest";
import { largestPart, partsOf } from "../../../src/worker/replicas/parts.ts";

describe("the parts of a batch", () => {
  it("are these", () => {
    const sizes = (images: number, replicas: number) => partsOf(images, replicas).map(({ begin, end }) => end - begin);
    expect(sizes(128, 2)).toEqual([64, 64]);
    expect(sizes(10, 4)).toEqual([2, 3, 2, 3]);
    expect(sizes(7, 4)).toEqual([2, 2, 3, 0]);
    expect(sizes(3, 2)).toEqual([3, 0]);
    expect(sizes(1, 3)).toEqual([1, 0, 0]);
  });

  it("follow each other, leave no image out, and are no larger than was planned", () => {
    for (let replicas = 2; replicas <= 9; replicas++) {
      for (let images = 1; images <= 60; images++) {
        const parts = partsOf(images, replicas);
        expect(parts.length).toBe(replicas);
        let next = 0;
        for (const { begin, end } of parts) {
          expect(begin).toBe(next);
          next = end;
        }
        expect(next).toBe(images);
        for (let batch = images; batch <= 60; batch++) {
          const largest = Math.max(...parts.map(({ begin, end }) => end - begin));
          if (largest > largestPart(batch, replicas)) expect.fail(`${images} of ${batch} in ${replicas}: ${largest}`);
        }
      }
    }
  });
});
