/** The plain-JavaScript twins of assembly/peak.ts: twelve chains, one number wide. Cost: 96 x rounds FLOP. */
export const peakKernels = {
  peak_variable: (rounds: number): number => chains(rounds, 1 / (rounds + 1), 0),
  peak_constant: (rounds: number): number => chains(rounds, 0.999, 0.001),
};

function chains(rounds: number, x: number, y: number): number {
  let [a, b, c, d, e, f, g, h, i, j, k, l] = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1];
  // Four rounds of one lane stand for one round of four.
  for (let round = 0; round < 4 * rounds; round++) {
    a = a * x + y;
    b = b * x + y;
    c = c * x + y;
    d = d * x + y;
    e = e * x + y;
    f = f * x + y;
    g = g * x + y;
    h = h * x + y;
    i = i * x + y;
    j = j * x + y;
    k = k * x + y;
    l = l * x + y;
  }
  return a + b + c + d + e + f + g + h + i + j + k + l;
}
