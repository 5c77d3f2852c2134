import type { RemoteDataset, RemoteModel, RemoteReport } from "convasm";

/** A model's answers to the held-out images. Classes are the model's. */
export interface Results {
  readonly data: RemoteDataset;
  readonly report: RemoteReport;
  nameOf(label: number): string;
}

/** Looks at every image of a data set. */
export async function lookAt(model: RemoteModel, data: RemoteDataset, settings: object): Promise<Results> {
  const report = await model.report(data, settings);
  const names = model.classNames ?? data.classNames;
  return { data, report, nameOf: (label) => names?.[label] ?? String(label) };
}

/** Images that a test picks, those with the highest loss first. */
export function worstOf(
  { report: { labels, predictions, losses } }: Results,
  isWanted: (label: number, prediction: number) => boolean,
  most: number,
): number[] {
  const found: number[] = [];
  for (let i = 0; i < labels.length; i++) if (isWanted(labels[i], predictions[i])) found.push(i);
  return found.sort((a, b) => losses[b] - losses[a]).slice(0, most);
}
