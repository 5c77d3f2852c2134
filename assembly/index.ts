// The kernels' ABI: re-exports only.
export * from "./activation";
export * from "./conv2d";
export * from "./conv2d-narrow";
export * from "./dense";
export * from "./depthwise";
export * from "./dropout";
export * from "./input";
export * from "./loss";
export * from "./merging";
export * from "./norm";
export * from "./optimizer";
export * from "./pack";
export * from "./pad";
export * from "./peak";
export * from "./pool";
export * from "./upsample";
export * from "./winograd";
export { winograd_filters } from "./winograd-filter";
