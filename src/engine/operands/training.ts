import { all, columns, each, input, inputs, output, outputs, state, states } from "./operand.ts";
import { hyperNumbers, oneInput, type Rows } from "./row.ts";

/** What the kernels around a network touch: input, losses, optimizers, and those that measure the peak. */
export const trainingRows = {
  // Bytes lie four to a float.
  normalize_bytes: (x, y, size, c, scale, shift) => [
    input(x, each(size / 4)),
    output(y, each(size)),
    ...inputs([scale, shift], all(c)),
  ],
  normalize_floats: (x, y, size, c, scale, shift) => [...oneInput(x, y, size), ...inputs([scale, shift], all(c))],
  augment: (x, y, h, w, c, transforms, fill) => [
    ...oneInput(x, y, h * w * c),
    input(transforms, each(10)),
    input(fill, all(c)),
  ],
  softmax_cross_entropy: (logits, labels, losses, correct, dlogits, classes) => [
    input(logits, each(classes)),
    input(labels, each(1)),
    ...outputs([losses, correct], each(1)),
    output(dlogits, each(classes)),
  ],
  sigmoid_binary_cross_entropy: (logits, targets, losses, dlogits, size) => [
    ...inputs([logits, targets], each(size)),
    output(losses, each(1)),
    output(dlogits, each(size)),
  ],
  mean_squared_error: (y, targets, losses, dy, size) => [
    ...inputs([y, targets], each(size)),
    output(losses, each(1)),
    output(dy, each(size)),
  ],
  sgd_update: (w, g, hyper) => [state(w, each(1)), input(g, each(1)), hyperNumbers(hyper)],
  momentum_update: (w, g, velocity, hyper) => [
    state(w, each(1)),
    input(g, each(1)),
    state(velocity, each(1)),
    hyperNumbers(hyper),
  ],
  rmsprop_update: (w, g, square, velocity, hyper) => [
    state(w, each(1)),
    input(g, each(1)),
    ...states([square, velocity], each(1)),
    hyperNumbers(hyper),
  ],
  adam_update: (w, g, m, v, hyper) => [
    state(w, each(1)),
    input(g, each(1)),
    ...states([m, v], each(1)),
    hyperNumbers(hyper),
  ],
  gradient_norm: (g, partials, count) => [input(g, columns(1, count, 1024)), output(partials, each(1))],
  gradient_clip: (partials, blocks, hyper) => [input(partials, all(blocks)), state(hyper, all(4))],
  peak_chains: (x, y) => [input(x, all(80)), output(y, each(80))],
  peak_tile: (x, y) => [input(x, all(80)), output(y, each(32))],
} satisfies Rows;
