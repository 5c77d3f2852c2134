import { describe, expect, it } from "vitest";
import { convolutionGeometry, type Padding, poolGeometry } from "../../src/layers/geometry.ts";

const BASE = { name: 'conv2d "c1"', h: 28, w: 28, kernel: [3, 3], strides: [1, 1], padding: "valid" } as const;

describe("convolutionGeometry", () => {
  // Output sizes and padding as TensorFlow's documentation of tf.nn.convolution defines them.
  it.each([
    { h: 28, r: 3, stride: 1, dilation: 1, padding: "valid", p: 26, pad: [0, 0] },
    { h: 28, r: 3, stride: 1, dilation: 1, padding: "same", p: 28, pad: [1, 1] },
    { h: 28, r: 3, stride: 2, dilation: 1, padding: "same", p: 14, pad: [0, 1] },
    { h: 27, r: 3, stride: 2, dilation: 1, padding: "same", p: 14, pad: [1, 1] },
    { h: 28, r: 4, stride: 1, dilation: 1, padding: "same", p: 28, pad: [1, 2] },
    { h: 28, r: 2, stride: 3, dilation: 1, padding: "same", p: 10, pad: [0, 1] },
    { h: 27, r: 2, stride: 3, dilation: 1, padding: "same", p: 9, pad: [0, 0] },
    { h: 28, r: 3, stride: 1, dilation: 2, padding: "same", p: 28, pad: [2, 2] },
    { h: 28, r: 5, stride: 2, dilation: 1, padding: "valid", p: 12, pad: [0, 0] },
    { h: 28, r: 3, stride: 1, dilation: 4, padding: "valid", p: 20, pad: [0, 0] },
    { h: 5, r: 3, stride: 2, dilation: 1, padding: 2, p: 4, pad: [2, 2] },
    { h: 1, r: 7, stride: 1, dilation: 1, padding: "same", p: 1, pad: [3, 3] },
  ] as const)("input $h, kernel $r, stride $stride, dilation $dilation, padding $padding", (row) => {
    const { h, r, stride, dilation, padding } = row;
    const rows = { kernel: [r, 1], strides: [stride, 1], dilation: [dilation, 1] } as const;
    const vertical = convolutionGeometry({ name: "rows", h, w: 1, ...rows, padding });
    expect([vertical.p, vertical.padTop, vertical.padBottom]).toEqual([row.p, ...row.pad]);
    const columns = { kernel: [1, r], strides: [1, stride], dilation: [1, dilation] } as const;
    const horizontal = convolutionGeometry({ name: "columns", h: 1, w: h, ...columns, padding });
    expect([horizontal.q, horizontal.padLeft, horizontal.padRight]).toEqual([row.p, ...row.pad]);
  });

  it("takes padding for each axis and each side", () => {
    const sides = (padding: Padding) => {
      const { padTop, padBottom, padLeft, padRight, hp, wp } = convolutionGeometry({ ...BASE, padding });
      return [padTop, padBottom, padLeft, padRight, hp, wp];
    };
    expect(sides(2)).toEqual([2, 2, 2, 2, 32, 32]);
    expect(sides([1, 3])).toEqual([1, 1, 3, 3, 30, 34]);
    expect(
      sides([
        [0, 1],
        [2, 3],
      ]),
    ).toEqual([0, 1, 2, 3, 29, 33]);
  });

  it("leaves room for every tap that reaches an input column", () => {
    for (let w = 1; w <= 7; w++) {
      for (let s = 1; s <= 4; s++) {
        for (let stride = 1; stride <= 4; stride++) {
          for (let dilation = 1; dilation <= 3; dilation++) {
            for (let pad = 0; pad <= 4; pad++) {
              const padding = [
                [0, 0],
                [pad, 4 - pad],
              ] as const;
              if ((s - 1) * dilation + 1 > w + 4) continue;
              const options = { ...BASE, w, kernel: [1, s], strides: [1, stride], dilation: [1, dilation] } as const;
              const { q, haloLeft, wd } = convolutionGeometry({ ...options, padding });
              const reached = Array.from({ length: w * s }, (_, i) => (i % w) + pad - Math.floor(i / w) * dilation)
                .filter((across) => across % stride === 0)
                .map((across) => across / stride + haloLeft);
              expect(Math.min(...reached, 0)).toBe(0);
              expect(Math.max(...reached, q - 1 + haloLeft)).toBeLessThan(wd);
            }
          }
        }
      }
    }
  });

  it("refuses a kernel that does not fit", () => {
    expect(() => convolutionGeometry({ ...BASE, h: 2 })).toThrow(
      new RangeError('conv2d "c1": expected a kernel height of at most 2 (input 2 and padding 0 + 0), got 3'),
    );
    expect(() => convolutionGeometry({ ...BASE, w: 5, padding: 1, dilation: [1, 4] })).toThrow(
      new RangeError(
        'conv2d "c1": expected a kernel width of at most 7 (input 5 and padding 1 + 1), got 9 (3, dilated by 4)',
      ),
    );
  });

  it.each([
    [{ kernel: [0, 3] }, "kernel height to be a whole number of at least 1, got 0"],
    [{ kernel: [3, 1.5] }, "kernel width to be a whole number of at least 1, got 1.5"],
    [{ strides: [1, 0] }, "stride width to be a whole number of at least 1, got 0"],
    [{ dilation: [-1, 1] }, "dilation height to be a whole number of at least 1, got -1"],
    [{ h: Number.NaN }, "input height to be a whole number of at least 1, got NaN"],
    [{ padding: -1 }, "padding to be a whole number of at least 0, got -1"],
    [
      {
        padding: [
          [0, 1],
          [0.5, 1],
        ],
      },
      "padding to be a whole number of at least 0, got 0.5",
    ],
  ] as const)("refuses %o", (changed, message) => {
    expect(() => convolutionGeometry({ ...BASE, ...changed })).toThrow(
      new RangeError(`conv2d "c1": expected ${message}`),
    );
  });

  it("keeps strides and dilation without effect within 32 bits", () => {
    const options = { ...BASE, h: 8, w: 9, padding: 1, kernel: [1, 3], strides: [2 ** 32, 2 ** 40] } as const;
    expect(convolutionGeometry({ ...options, dilation: [2 ** 32, 2] })).toMatchObject({
      p: 1,
      q: 1,
      strideH: 10,
      strideW: 11,
      dilationH: 1,
      dilationW: 2,
    });
  });

  it("refuses padding of another form", () => {
    const parse = (json: string): Padding => JSON.parse(json);
    for (const json of ['"full"', "null", "{}", "[1]", '["1", "2"]', "[[1], [2]]"]) {
      expect(() => convolutionGeometry({ ...BASE, padding: parse(json) })).toThrow(TypeError);
    }
  });
});

describe("poolGeometry", () => {
  const pool = { name: "maxPooling2d", h: 5, w: 5, kernel: [2, 2], strides: [2, 2], padding: 0 } as const;

  it.each([
    [{}, 2],
    [{ ceil: true }, 3],
    [{ h: 6, ceil: true }, 3],
    [{ padding: "same" }, 3],
    [{ kernel: [3, 3], strides: [2, 2], padding: 1 }, 3],
    [{ kernel: [3, 3], strides: [2, 2], padding: 1, h: 6 }, 3],
    [{ kernel: [3, 3], strides: [2, 2], padding: 1, h: 6, ceil: true }, 4],
    [{ kernel: [2, 2], strides: [4, 4], ceil: true }, 2],
    // The third window would begin past the input.
    [{ kernel: [2, 2], strides: [3, 3], padding: 1, h: 5, ceil: true }, 2],
    [{ kernel: [1, 1], strides: [5, 5], h: 5, ceil: true }, 1],
    // One window, cut off, where a second one would begin past it.
    [{ kernel: [3, 3], strides: [2, 2], h: 2, ceil: true }, 1],
    [{ kernel: [5, 5], strides: [9, 9], h: 1, ceil: true }, 1],
    [
      {
        kernel: [7, 3],
        strides: [2, 2],
        padding: [
          [3, 2],
          [0, 0],
        ],
        h: 1,
        ceil: true,
      },
      1,
    ],
  ] as const)("%o has %d rows", (changed, p) => {
    expect(poolGeometry({ ...pool, ...changed }).p).toBe(p);
  });

  it("refuses padding beyond the kernels' numbers", () => {
    expect(() => poolGeometry({ ...pool, kernel: [2 ** 33, 2 ** 33], padding: 2 ** 32 })).toThrow(
      new RangeError("maxPooling2d: expected padding of at most 67108864, got 4294967296"),
    );
  });

  /** The rows of each window's taps; those of the input are 0 to h - 1. Rounding up, one may begin in it and end too far down. */
  function windowsOf(h: number, [before, after]: readonly number[], r: number, step: number, d: number, ceil: boolean) {
    const windows: number[][] = [];
    for (let origin = -before; ; origin += step) {
      const rows = Array.from({ length: r }, (_, tap) => origin + tap * d);
      if (rows[r - 1] < h + after) windows.push(rows);
      else return ceil && origin - step + (r - 1) * d < h + after - 1 && origin < h ? [...windows, rows] : windows;
    }
  }

  it.each([1, 2, 3, 4, 7])("keeps something in every window, or refuses it: dilation %d", (dilation) => {
    let refused = 0;
    for (let h = 1; h <= 9; h++) {
      for (let r = 1; r <= 4; r++) {
        for (let stride = 1; stride <= 5; stride++) {
          for (const padding of ["same", 0, 1, 2, 3, 5] as const) {
            for (const ceil of [false, true]) {
              const extent = (r - 1) * dilation + 1;
              const missing = typeof padding === "number" ? extent - (h + 2 * padding) : 0;
              if (typeof padding === "number" && (padding >= extent || missing >= (ceil ? stride : 1))) continue;
              const options = { ...pool, h, w: 9, kernel: [r, 1], strides: [stride, 1], ceil } as const;
              const sides =
                padding === "same"
                  ? padding
                  : ([
                      [padding, padding],
                      [0, 0],
                    ] as const);
              const total = Math.max((Math.ceil(h / stride) - 1) * stride + extent - h, 0);
              const around = padding === "same" ? [Math.floor(total / 2), Math.ceil(total / 2)] : [padding, padding];
              const windows = windowsOf(h, around, r, stride, dilation, ceil && padding !== "same");
              const make = () => poolGeometry({ ...options, padding: sides, dilation: [dilation, 1] });
              if (windows.some((rows) => !rows.some((row) => row >= 0 && row < h))) {
                expect(make).toThrow("expected an element of the input in every window");
                refused++;
                continue;
              }
              expect(make()).toMatchObject({ p: windows.length, padTop: around[0], dilationH: r === 1 ? 1 : dilation });
            }
          }
        }
      }
    }
    expect(refused > 0).toBe(dilation > 1);
  });

  it.each([
    [{ kernel: [4, 4], strides: [2, 2], h: 2, ceil: true }],
    [{ kernel: [3, 3], strides: [2, 2], h: 2 }],
  ] as const)("refuses %o, which has no window", (changed) => {
    expect(() => poolGeometry({ ...pool, ...changed })).toThrow(/expected a kernel height of at most 2/);
  });

  it("refuses padding as large as the window", () => {
    expect(() => poolGeometry({ ...pool, padding: 2 })).toThrow(
      new RangeError("maxPooling2d: expected padding below the window's 2, got 2"),
    );
  });
});
