/** The plain-JavaScript twins of assembly/peak.ts: one number wide, and four times as many rounds. */
export const peakKernels = {
  peak_variable: (rounds: number): number => chains(rounds, 1 / (rounds + 1), 0),
  peak_constant: (rounds: number): number => chains(rounds, 0.999, 0.001),
  peak_tile: (rounds: number): number => tile(rounds, 1 / (rounds + 1)),
};

function tile(rounds: number, step: number): number {
  const [x0, x1, x2, x3] = [step, step + 1, step + 2, step + 3];
  const [low, high] = [step + 4, step + 5];
  let [a, b, c, d, e, f, g, h] = [0, 0, 0, 0, 0, 0, 0, 0];
  for (let round = 0; round < 4 * rounds; round++) {
    a += x0 * low;
    b += x0 * high;
    c += x1 * low;
    d += x1 * high;
    e += x2 * low;
    f += x2 * high;
    g += x3 * low;
    h += x3 * high;
  }
  return a + b + c + d + e + f + g + h;
}

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
