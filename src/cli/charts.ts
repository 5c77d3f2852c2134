/** Charts of a run folder, as SVG text. */

export { confusionMatrix } from "./charts/confusion-matrix.ts";
export { trainingCurves } from "./charts/curves.ts";
