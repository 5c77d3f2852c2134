import type { ConvolutionData } from "../../../src/bench/calls/convolution.ts";
import type { ConvolutionCase } from "../../../src/bench/convolution-cases.ts";

/** A convolution by its definition, on the input as it is: a tap outside of it counts nothing. */
export function convolutionByDefinition(shape: ConvolutionCase, { x, w, bias }: ConvolutionData): number[] {
  const { n, h, c, k, r, s, groups } = shape;
  const width = shape.w;
  const p = Math.floor((shape.padTop + h + shape.padBottom - (r - 1) * shape.dilationH - 1) / shape.strideH) + 1;
  const q = Math.floor((shape.padLeft + width + shape.padRight - (s - 1) * shape.dilationW - 1) / shape.strideW) + 1;
  const y: number[] = [];
  for (let sample = 0; sample < n; sample++) {
    for (let row = 0; row < p; row++) {
      for (let column = 0; column < q; column++) {
        for (let filter = 0; filter < k; filter++) {
          const firstChannel = Math.floor((filter * groups) / k) * (c / groups);
          let sum = 0;
          if (shape.bias === "shared") sum = bias[filter];
          if (shape.bias === "untied") sum = bias[(row * q + column) * k + filter];
          for (let tapRow = 0; tapRow < r; tapRow++) {
            for (let tapColumn = 0; tapColumn < s; tapColumn++) {
              for (let channel = 0; channel < c / groups; channel++) {
                const i = row * shape.strideH - shape.padTop + tapRow * shape.dilationH;
                const j = column * shape.strideW - shape.padLeft + tapColumn * shape.dilationW;
                if (i < 0 || i >= h || j < 0 || j >= width) continue;
                const value = x[((sample * h + i) * width + j) * c + firstChannel + channel];
                sum += value * w[((tapRow * s + tapColumn) * (c / groups) + channel) * k + filter];
              }
            }
          }
          y.push(sum);
        }
      }
    }
  }
  return y;
}
