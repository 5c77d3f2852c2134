import type { Heap } from "./heap.ts";

/**
 * The plain-JavaScript twins of assembly/peak.ts: one lane after the other, so that as many sums are in registers as fit
 * there.
 */
export function peakKernels(heap: Heap) {
  return {
    peak_chains(begin: number, end: number, x: number, y: number, rounds: number): void {
      for (let t = begin; t < end; t++) {
        for (let lane = 0; lane < 4; lane++) chains(heap, heap[x + lane], x + lane, y + t * 56 + lane, rounds);
      }
    },

    peak_tile(begin: number, end: number, x: number, y: number, rounds: number): void {
      for (let t = begin; t < end; t++) {
        for (let lane = 0; lane < 4; lane++) tile(heap, x + lane, y + t * 32 + lane, rounds);
      }
    },

    peak_pairs(begin: number, end: number, x: number, y: number, rounds: number): void {
      for (let t = begin; t < end; t++) {
        for (let lane = 0; lane < 4; lane++) {
          const to = y + t * 80 + lane;
          // Fourteen, then the last fourteen, of which eight are done again.
          chains(heap, heap[x + lane], x + lane, to, rounds);
          chains(heap, heap[x + lane], x + 24 + lane, to + 24, rounds);
        }
      }
    },
  };
}

/** Fourteen chains a = a u + u of one lane, begun with the rows at `from`. */
function chains(heap: Heap, u: number, from: number, to: number, rounds: number): void {
  let [a, b, c, d, e, f, g] = [0, 4, 8, 12, 16, 20, 24].map((row) => heap[from + row]);
  let [h, i, j, k, l, m, n] = [28, 32, 36, 40, 44, 48, 52].map((row) => heap[from + row]);
  for (let round = 0; round < rounds; round++) {
    a = a * u + u;
    b = b * u + u;
    c = c * u + u;
    d = d * u + u;
    e = e * u + u;
    f = f * u + u;
    g = g * u + u;
    h = h * u + u;
    i = i * u + u;
    j = j * u + u;
    k = k * u + u;
    l = l * u + u;
    m = m * u + u;
    n = n * u + u;
  }
  for (const [row, value] of [a, b, c, d, e, f, g, h, i, j, k, l, m, n].entries()) heap[to + 4 * row] = value;
}

/** Eight sums of products of one lane. */
function tile(heap: Heap, x: number, to: number, rounds: number): void {
  const u = heap[x];
  const v = heap[x + 4];
  let [a, b, c, d, e, f, g, h] = [0, 0, 0, 0, 0, 0, 0, 0];
  for (let round = 0; round < rounds; round++) {
    const p = heap[x + 8];
    const q = heap[x + 12];
    const r = heap[x + 16];
    const s = heap[x + 20];
    a += u * p;
    b += u * q;
    c += u * r;
    d += u * s;
    e += v * p;
    f += v * q;
    g += v * r;
    h += v * s;
  }
  for (const [row, value] of [a, b, c, d, e, f, g, h].entries()) heap[to + 4 * row] = value;
}
