import { hdf5Instance } from "../../data/read/hdf5-instance.ts";
import { snakeCase } from "../../formats/keras-names.ts";
import type { KerasLayer } from "./keras-network.ts";

let written = 0;

/**
 * A file of weights as Keras 3 writes them: a group for each layer that has any, named by its class and a number, in which arrays are
 * numbered.
 *
 * @param layers in Keras' order, by which those of a class are counted
 */
export async function weightsFile(layers: readonly KerasLayer[]): Promise<Uint8Array<ArrayBuffer>> {
  const { module, create } = await hdf5Instance();
  written += 1;
  const path = `/convasm-weights-${written}.h5`;
  const { root, close } = create(path);
  try {
    const group = root.create_group("layers");
    const counts = new Map<string, number>();
    for (const { className, name, weights } of layers) {
      const kind = snakeCase(className);
      const count = counts.get(kind) ?? 0;
      counts.set(kind, count + 1);
      if (weights.length === 0) continue;
      const vars = group.create_group(count === 0 ? kind : `${kind}_${count}`).create_group("vars");
      vars.create_attribute("name", name);
      for (const [i, { shape, weight }] of weights.entries()) {
        vars.create_dataset({ name: `${i}`, data: weight.data, shape: [...shape], dtype: "<f4" });
      }
    }
  } finally {
    close();
  }
  const bytes = Uint8Array.from(module.FS.readFile(path));
  module.FS.unlink(path);
  return bytes;
}
