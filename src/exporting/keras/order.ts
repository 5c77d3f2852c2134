import type { KerasLayer } from "./keras-network.ts";

/**
 * The layers of a network in the order in which Keras lists those of a functional model, on which the names in its files of weights
 * depend: by their distance from the outputs, and among equals as a walk from the outputs finds them (`map_graph` of `keras/src/ops/function.py`).
 */
export function kerasOrder(outputs: readonly KerasLayer[]): readonly KerasLayer[] {
  const { found, done } = walk(outputs);
  const depths = new Map<KerasLayer, number>();
  for (const layer of [...done].reverse()) {
    const depth = depths.get(layer) ?? 0;
    depths.set(layer, depth);
    for (const input of layer.inputs) depths.set(input, Math.max(depth + 1, depths.get(input) ?? 0));
  }
  const depthOf = (layer: KerasLayer) => depths.get(layer) ?? 0;
  return [...found].sort((a, b) => depthOf(b) - depthOf(a));
}

/** The layers in the order in which a walk from the outputs comes to them, and in which it leaves them. */
function walk(outputs: readonly KerasLayer[]) {
  const found = new Set<KerasLayer>();
  const done = new Set<KerasLayer>();
  // A stack of its own: networks may be deeper than calls can nest.
  for (const output of outputs) {
    const trail = [{ layer: output, taken: 0 }];
    for (let top = trail.at(-1); top !== undefined; top = trail.at(-1)) {
      const { layer } = top;
      found.add(layer);
      const next = layer.inputs[top.taken++];
      if (done.has(layer) || next === undefined) {
        done.add(layer);
        trail.pop();
      } else if (!done.has(next)) {
        trail.push({ layer: next, taken: 0 });
      }
    }
  }
  return { found, done };
}
