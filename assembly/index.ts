// The kernels that most networks need, as chains of convolutions, pooling and dense layers are: `<engine>.wasm`. Re-exports only.
// The others are in `extra.ts`.
//
// Kernels spell out their walks over samples, rows and vectors, and tiles their steps, where these look alike: a call within a loop over
// vectors makes V8 save each that the loop holds, and AssemblyScript has no closures, references or tuples by which inlined code could step.
export { relu_backward, relu_forward, sigmoid_backward, sigmoid_forward, softmax_backward, softmax_forward } from "./activation";
export * from "./conv2d";
export * from "./conv2d-narrow";
export * from "./dense";
export * from "./dropout";
export * from "./input";
export { mean_squared_error, sigmoid_binary_cross_entropy, softmax_cross_entropy } from "./loss";
export { add, copy_columns, multiply_channels, scale } from "./merging";
export * from "./norm";
export * from "./norm-gradients";
export * from "./optimizer";
export * from "./pack";
export * from "./pad";
export { max_pool_backward, max_pool_forward } from "./pool";
export * from "./soft-targets";
export * from "./winograd";
export { winograd_filters } from "./winograd-filter";
