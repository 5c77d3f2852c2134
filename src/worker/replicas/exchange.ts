import type { Network } from "../../model/network.ts";
import type { BatchSums } from "../../training/batch.ts";
import { addCounts, type MetricCounts } from "../../training/metric-counts.ts";
import type { Link } from "./link.ts";
import type { Share } from "./messages.ts";
import { partsOf } from "./parts.ts";

/** Results of a replica's part, besides the gradients in its heap. */
export interface Contribution extends BatchSums {
  /** Running statistics after the part. */
  readonly statistics: Float32Array;
  /** Memory to give back to the leader. */
  readonly spare: ArrayBuffer | undefined;
}

/** Results of all parts of a batch, besides the gradients. */
export interface Total extends BatchSums {
  /** Mean of the parts' running statistics, by their images. */
  readonly statistics: Float32Array;
  /** Memory that came back, by replica. */
  readonly spares: readonly (ArrayBuffer | undefined)[];
}

/** Gradients from `begin` to `end` - 1, counted from the first one. */
interface Slice {
  readonly begin: number;
  readonly end: number;
}

/** Slices of gradients begin at multiples of this, as vectors do. */
const ALIGNMENT = 16;

/**
 * Adds up the gradients of all replicas, so that each has the same bits.
 *
 * Two replicas swap all of their gradients, and each adds: a + b is b + a. More of them cut the gradients into a slice
 * for each: each sends the others their slices, adds up its own, and sends the sum to all (reduce-scatter and
 * all-gather, as in Patarasuk and Yuan, 2009). So each float travels twice, however many replicas there are.
 */
export class Exchange {
  readonly #network: Network;
  readonly #index: number;
  readonly #links: readonly (Link | undefined)[];
  readonly #slices: readonly Slice[];
  /** Floats of a buffer: those of the largest slice. */
  readonly #capacity: number;
  /** Buffers that came in, to be sent out again: after the first steps nothing is allocated. */
  readonly #buffers: Float32Array<ArrayBuffer>[] = [];

  /** @param links to the others by their numbers, undefined at the replica's own */
  constructor(network: Network, index: number, links: readonly (Link | undefined)[]) {
    const replicas = links.length;
    const { count } = network.parameters.gradients;
    const bound = (i: number) => Math.min(Math.ceil((count * i) / replicas / ALIGNMENT) * ALIGNMENT, count);
    this.#network = network;
    this.#index = index;
    this.#links = links;
    this.#slices = links.map((_, i) =>
      replicas === 2 ? { begin: 0, end: count } : { begin: bound(i), end: bound(i + 1) },
    );
    this.#capacity = Math.max(...this.#slices.map(({ begin, end }) => end - begin));
  }

  /**
   * Makes the gradients in the heap those of the whole batch.
   *
   * @param images of the whole batch
   * @param own results of this replica's part; undefined if it had none
   */
  async run(images: number, own: Contribution | undefined): Promise<Total> {
    const parts = partsOf(images, this.#links.length);
    if (own !== undefined) this.#sendShares(own);
    const shares = await this.#receiveShares(parts.map(({ begin, end }) => end > begin));
    this.#add(shares, own !== undefined);
    const total = this.#total(images, own, shares);
    if (this.#links.length > 2) {
      this.#sendSums();
      await this.#receiveSums();
    }
    return total;
  }

  #sendShares({ spare, ...own }: Contribution): void {
    this.#links.forEach((link, to) => {
      if (link === undefined) return;
      const gradients = this.#copyOf(this.#slices[to]);
      const back = to === 0 ? spare : undefined;
      const transfer = back === undefined ? [gradients.buffer] : [gradients.buffer, back];
      link.post({ type: "share", gradients, ...own, spare: back }, transfer);
    });
  }

  /** The shares of the replicas that have a part, by replica. */
  #receiveShares(active: readonly boolean[]): Promise<readonly (Share | undefined)[]> {
    return Promise.all(this.#links.map((link, from) => (active[from] ? link?.receive("share") : undefined)));
  }

  /** Adds the shares in the order of the replicas, always the same one. */
  #add(shares: readonly (Share | undefined)[], hasOwn: boolean): void {
    const { begin, end } = this.#slices[this.#index];
    const target = this.#gradients(begin, end);
    let isEmpty = !hasOwn;
    for (const share of shares) {
      if (share === undefined) continue;
      const gradients = share.gradients.subarray(0, end - begin);
      if (isEmpty) target.set(gradients);
      else this.#network.addToGradients(begin, gradients);
      isEmpty = false;
      this.#reuse(share.gradients);
    }
  }

  #total(images: number, own: Contribution | undefined, shares: readonly (Share | undefined)[]): Total {
    const parts = partsOf(images, this.#links.length);
    const statistics = new Float64Array(this.#network.parameters.statistics.count);
    let loss = 0;
    let correct = 0;
    let counting = 0;
    let counts: MetricCounts | undefined;
    shares.forEach((share, from) => {
      const given = from === this.#index ? own : share;
      if (given === undefined) return;
      loss += given.loss;
      correct += given.correct;
      counting += given.images;
      if (given.counts !== undefined) counts = addCounts(counts, given.counts);
      const weight = (parts[from].end - parts[from].begin) / images;
      for (let i = 0; i < statistics.length; i++) statistics[i] += weight * given.statistics[i];
    });
    const spares = shares.map((share) => share?.spare);
    return {
      loss,
      correct,
      images: counting,
      ...(counts && { counts }),
      statistics: Float32Array.from(statistics),
      spares,
    };
  }

  #sendSums(): void {
    for (const link of this.#links) {
      if (link === undefined) continue;
      const gradients = this.#copyOf(this.#slices[this.#index]);
      link.post({ type: "sum", gradients }, [gradients.buffer]);
    }
  }

  async #receiveSums(): Promise<void> {
    const sums = await Promise.all(this.#links.map((link) => link?.receive("sum")));
    sums.forEach((sum, from) => {
      if (sum === undefined) return;
      const { begin, end } = this.#slices[from];
      this.#gradients(begin, end).set(sum.gradients.subarray(0, end - begin));
      this.#reuse(sum.gradients);
    });
  }

  #gradients(begin: number, end: number): Float32Array | Float64Array {
    return this.#network.view(this.#network.parameters.gradients.offset + begin, end - begin);
  }

  /** A copy of a slice of the gradients, to be sent away. */
  #copyOf({ begin, end }: Slice): Float32Array<ArrayBuffer> {
    const buffer = this.#buffers.pop() ?? new Float32Array(this.#capacity);
    buffer.set(this.#gradients(begin, end));
    return buffer;
  }

  /** Takes a buffer that came in for those to be sent out; when some replicas had no part, more come in than go out. */
  #reuse(buffer: Float32Array<ArrayBuffer>): void {
    if (this.#buffers.length < 2 * this.#links.length) this.#buffers.push(buffer);
  }
}
