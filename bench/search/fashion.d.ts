import type { Dataset } from "../../src/data/dataset.ts";

/** Images of the stored trials. */
export interface FashionImages {
  readonly train: Dataset;
  readonly validation: Dataset;
}

export const EPOCHS: number;
export const trialCount: number;
export function settingsOf(index: number): Readonly<Record<string, number>>;
export function fashionImages(folder: string): Promise<FashionImages>;
export function fashionTrial(images: FashionImages, settings: Readonly<Record<string, number>>): Promise<number[]>;
