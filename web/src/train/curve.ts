/** Points beyond which neighbours are merged: more than a chart has pixels for. */
const MOST = 512;

/** A curve that keeps its length, however many values come: neighbours are averaged, ever more of them. */
export class Curve {
  readonly #x: number[] = [];
  readonly #y: number[] = [];
  /** Values per point. */
  #span = 1;
  #sum = 0;
  #count = 0;
  #last = 0;

  add(x: number, y: number): void {
    this.#sum += y;
    this.#count += 1;
    this.#last = x;
    if (this.#count < this.#span) return;
    this.#x.push(x);
    this.#y.push(this.#sum / this.#count);
    this.#sum = 0;
    this.#count = 0;
    if (this.#x.length >= MOST) this.#halve();
  }

  #halve(): void {
    const half = this.#x.length >> 1;
    for (let i = 0; i < half; i++) {
      this.#x[i] = this.#x[2 * i + 1];
      this.#y[i] = (this.#y[2 * i] + this.#y[2 * i + 1]) / 2;
    }
    this.#x.length = half;
    this.#y.length = half;
    this.#span *= 2;
  }

  /** The points, with what has come since the last one. */
  points(): { readonly x: number[]; readonly y: number[] } {
    const x = [...this.#x];
    const y = [...this.#y];
    if (this.#count > 0) {
      x.push(this.#last);
      y.push(this.#sum / this.#count);
    }
    return { x, y };
  }
}

/** Each value averaged with those before it, which count less the further they lie back. */
export function smoothed(values: readonly number[], share = 0.85): number[] {
  let mean = 0;
  let weight = 0;
  return values.map((value) => {
    mean = share * mean + (1 - share) * value;
    weight = share * weight + (1 - share);
    return mean / weight;
  });
}
