import type { Pixels } from "convasm";

/** A card in which people give the network an image. */
export interface Source {
  readonly element: HTMLElement;
  /** Controls below it. */
  readonly tools: readonly HTMLElement[];
  /** Name of the card for those who don't see it. */
  readonly label: string;
  /** Words that stand beside the answer as long as there is no image. */
  readonly note: string;
  /** The image in the shape of the network's, 0 black to 255 white; undefined as long as there is none. */
  pixels(): Pixels | undefined;
}
