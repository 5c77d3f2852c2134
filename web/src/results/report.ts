import type { RemoteDataset, RemoteModel, RemoteReport } from "convasm";

/** Images whose labels are fetched at once. */
const CHUNK = 2000;

const known = new WeakMap<RemoteDataset, Promise<Uint16Array>>();

/** All labels of a data set, fetched once. */
function labelsOf(data: RemoteDataset): Promise<Uint16Array> {
  const labels = known.get(data) ?? fetchLabels(data);
  known.set(data, labels);
  labels.catch(() => known.delete(data));
  return labels;
}

async function fetchLabels(data: RemoteDataset): Promise<Uint16Array> {
  const all = new Uint16Array(data.length);
  for (let begin = 0; begin < data.length; begin += CHUNK) {
    const indices = Array.from({ length: Math.min(CHUNK, data.length - begin) }, (_, i) => begin + i);
    const { labels } = await data.images(indices);
    if (labels !== undefined) all.set(labels, begin);
  }
  return all;
}

/** What a model made of each held-out image. */
export interface Results {
  readonly data: RemoteDataset;
  readonly report: RemoteReport;
  readonly labels: Uint16Array;
  nameOf(label: number): string;
}

/** Looks at every image of a data set. */
export async function lookAt(model: RemoteModel, data: RemoteDataset, settings: object): Promise<Results> {
  const [report, labels] = await Promise.all([model.report(data, settings), labelsOf(data)]);
  return { data, report, labels, nameOf: (label) => data.classNames?.[label] ?? String(label) };
}

/** Images that a test picks, those with the highest loss first. */
export function worstOf(
  { report, labels }: Results,
  isWanted: (label: number, prediction: number) => boolean,
  most: number,
): number[] {
  const { predictions, losses } = report;
  const found: number[] = [];
  for (let i = 0; i < labels.length; i++) if (isWanted(labels[i], predictions[i])) found.push(i);
  return found.sort((a, b) => losses[b] - losses[a]).slice(0, most);
}
