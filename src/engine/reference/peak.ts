/** The plain-JavaScript twin of assembly/peak.ts. */
export const peakKernels = {
  /**
   * The most that scalar multiply-adds reach: twelve chains in locals, as in wasm but one wide. Cost: 96 x rounds FLOP.
   */
  peak(rounds: number): number {
    let [a, b, c, d, e, f, g, h, i, j, k, l] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    // Four rounds of one lane stand for one round of four.
    for (let round = 0; round < 4 * rounds; round++) {
      a = a * 0.999 + 0.001;
      b = b * 0.999 + 0.001;
      c = c * 0.999 + 0.001;
      d = d * 0.999 + 0.001;
      e = e * 0.999 + 0.001;
      f = f * 0.999 + 0.001;
      g = g * 0.999 + 0.001;
      h = h * 0.999 + 0.001;
      i = i * 0.999 + 0.001;
      j = j * 0.999 + 0.001;
      k = k * 0.999 + 0.001;
      l = l * 0.999 + 0.001;
    }
    return a + b + c + d + e + f + g + h + i + j + k + l;
  },
};
