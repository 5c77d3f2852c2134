import type { Heap } from "./heap.ts";

/** The plain-JavaScript twins of assembly/peak.ts: as many sums at a time as fit the registers. */
export function peakKernels(heap: Heap) {
  return {
    peak_chains(begin: number, end: number, x: number, y: number, rounds: number): void {
      for (let t = begin; t < end; t++) {
        // Fourteen at a time; the last fourteen overlap the ones before.
        for (let first = 0; first < 80; first += 14) {
          const at = Math.min(first, 80 - 14);
          chains(heap, heap[x], x + at, y + t * 80 + at, rounds);
        }
      }
    },

    peak_tile(begin: number, end: number, x: number, y: number, rounds: number): void {
      for (let t = begin; t < end; t++) {
        for (let lane = 0; lane < 4; lane++) tile(heap, x + lane, y + t * 32 + lane, rounds);
      }
    },
  };
}

/** Fourteen chains a = a u + u, begun with the numbers at `from`. */
function chains(heap: Heap, u: number, from: number, to: number, rounds: number): void {
  let [a, b, c, d, e, f, g, h, i, j, k, l, m, n] = heap.subarray(from, from + 14);
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
  heap.set([a, b, c, d, e, f, g, h, i, j, k, l, m, n], to);
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
