// The kernels that only some networks need: `<engine>-extra.wasm`, which is loaded where a layer asks for one of them. Re-exports
// only. Both files work on the same memory, and share no code: what kernels of both need is in each.
export { tanh_backward, tanh_forward } from "./activation";
export * from "./adaptive-pool";
export * from "./affine";
export * from "./copy";
export * from "./depthwise";
export { depthwise_backward_weights } from "./depthwise-weights";
export * from "./elementwise";
export { softmax_distillation } from "./distillation";
export { sigmoid_focal_cross_entropy, softmax_focal_cross_entropy } from "./focal";
export * from "./gelu";
export * from "./group-norm";
export * from "./layer-norm";
export { maximum, maximum_backward, multiply, multiply_channels_backward, subtract } from "./merging";
export * from "./noise";
export * from "./peak";
export { average_pool_backward, average_pool_forward } from "./pool";
export * from "./prelu";
export * from "./softplus";
export * from "./upsample";
export * from "./value-losses";
