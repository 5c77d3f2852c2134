import { describe, expect, it } from "vitest";
import { luminance, type RasterImage, resizeImage, resizePlane } from "../../src/data/image.ts";

function image(width: number, height: number, channels: 1 | 2 | 3 | 4, data: number[]): RasterImage {
  return { width, height, channels, data: Uint8Array.from(data) };
}

function plane(width: number, height: number, values: number[]) {
  return { width, height, data: Float32Array.from(values) };
}

describe("luminance", () => {
  it("weighs the colours, and shows the background where it is clear", () => {
    expect([...luminance(image(2, 1, 1, [7, 200])).data]).toEqual([7, 200]);
    expect([...luminance(image(2, 1, 3, [255, 0, 0, 0, 255, 0])).data]).toEqual([76.245, 149.685].map(Math.fround));
    const clear = image(3, 1, 4, [0, 0, 0, 255, 9, 9, 9, 0, 100, 100, 100, 51]);
    expect([...luminance(clear).data]).toEqual([0, 255, 224]);
    expect([...luminance(clear, 0).data]).toEqual([0, 0, 20]);
  });
});

describe("resizePlane", () => {
  it("averages areas where it shrinks", () => {
    const four = plane(4, 2, [0, 2, 10, 30, 4, 6, 10, 30]);
    expect([...resizePlane(four, 1, 2).data]).toEqual([3, 20]);
    // Thirds: each output covers one and a half inputs.
    expect([...resizePlane(plane(3, 1, [0, 3, 9]), 1, 2).data]).toEqual([1, 7]);
  });

  it("goes linearly where it grows", () => {
    expect([...resizePlane(plane(2, 1, [0, 8]), 1, 4).data]).toEqual([0, 2, 6, 8]);
    expect([...resizePlane(plane(1, 1, [5]), 2, 3).data]).toEqual([5, 5, 5, 5, 5, 5]);
  });

  it("keeps the same size as it is, and the mean while it shrinks", () => {
    const values = Array.from({ length: 35 }, (_, i) => (i * i * 37) % 256);
    expect([...resizePlane(plane(7, 5, values), 5, 7).data]).toEqual(values);
    const mean = (list: Iterable<number>) => [...list].reduce((sum, value) => sum + value, 0) / [...list].length;
    expect(mean(resizePlane(plane(7, 5, values), 3, 2).data)).toBeCloseTo(mean(values), 3);
  });
});

describe("resizeImage", () => {
  it("makes one or three channels of any picture", () => {
    expect([...resizeImage(image(1, 1, 1, [9]), 1, 2, 3)]).toEqual([9, 9, 9, 9, 9, 9]);
    expect([...resizeImage(image(1, 1, 3, [10, 20, 30]), 1, 1, 3)]).toEqual([10, 20, 30]);
    expect([...resizeImage(image(1, 1, 3, [10, 20, 30]), 1, 1, 1)]).toEqual([18]);
    expect([...resizeImage(image(1, 1, 4, [10, 20, 30, 0]), 1, 1, 3)]).toEqual([255, 255, 255]);
    expect([...resizeImage(image(1, 1, 2, [10, 255]), 1, 1, 3)]).toEqual([10, 10, 10]);
  });

  it("refuses other shapes, and pixels that don't fit", () => {
    expect(() => resizeImage(image(1, 1, 1, [9]), 2, 2, 2)).toThrow(
      new RangeError("resizeImage: expected a shape with 1 or 3 channels, got [2, 2, 2]"),
    );
    expect(() => resizeImage(image(1, 1, 1, [9]), 0, 2, 1)).toThrow(RangeError);
    expect(() => resizeImage(image(2, 2, 1, [9]), 1, 1, 1)).toThrow(
      new RangeError("resizeImage: expected 4 bytes of pixels, got 1"),
    );
  });
});
