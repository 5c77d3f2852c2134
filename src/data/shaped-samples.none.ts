// Pictures are only stretched in the small one-file build.

export { resizeSamples as shapedSamples } from "./image.ts";
