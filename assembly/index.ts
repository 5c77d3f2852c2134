// The kernels' ABI: re-exports only.
export * from "./conv2d";
export * from "./dense";
export * from "./depthwise";
export * from "./pack";
export * from "./pad";
export * from "./peak";
