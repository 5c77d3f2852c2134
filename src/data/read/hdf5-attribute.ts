/**
 * Texts that groups of an HDF5 file have as attributes.
 *
 * h5wasm's own reader of attributes goes on where the library could not read one: it takes, and frees, what its memory
 * held before, after which the library may do anything, or nothing for ever.
 *
 * @module
 */

import type { Group, Metadata } from "h5wasm";
import { InputRangeError } from "../../errors.ts";
import { guarded, type OpenHdf5 } from "./hdf5-file.ts";
import type { H5Module } from "./hdf5-instance.ts";

/**
 * A text, or a list of texts, that a group has as an attribute.
 *
 * @param who stands in messages
 * @returns undefined if there is no such attribute; an empty list for one without values, whatever its type
 * @throws RangeError if it is damaged, or has other values
 */
export function textsOfAttribute(
  who: string,
  { module, content }: OpenHdf5,
  { file_id: id, path }: Group,
  name: string,
): string | readonly string[] | undefined {
  return guarded(who, () => {
    if (!module.get_attribute_names(id, path).includes(name)) return undefined;
    const metadata = module.get_attribute_metadata(id, path, name);
    const { shape, type, total_size: count } = metadata;
    if (shape === null || count === 0) return [];
    if (type !== module.H5T_class_t.H5T_STRING.value) {
      throw new InputRangeError(who, `texts in the attribute ${name}`, "others", "damaged-file");
    }
    const bytes = count * metadata.size;
    // Nothing packs attributes. Texts of varying length take more in the file, where each has an address and a length.
    const memory = bytes > 0 && bytes <= content.length ? module._malloc(bytes) : 0;
    const damage = new InputRangeError(who, `whole texts in the attribute ${name}`, "damaged ones", "damaged-file");
    if (memory === 0) throw damage;
    try {
      if (module.get_attribute_data(id, path, name, BigInt(memory)) < 0) throw damage;
      const texts = metadata.vlen ? varyingTexts(module, memory, count) : fixedTexts(module, memory, metadata);
      if (metadata.vlen) module.reclaim_vlen_memory(id, path, name, BigInt(memory));
      return shape.length === 0 ? texts[0] : texts;
    } finally {
      module._free(memory);
    }
  });
}

/** Texts to which there are addresses from `memory` on; 0 stands for an empty one. */
function varyingTexts({ HEAPU8: heap, UTF8ToString: textAt }: H5Module, memory: number, count: number): string[] {
  const addresses = new Uint32Array(heap.buffer, memory, count);
  return Array.from(addresses, (address) => textAt(address));
}

/** Texts of one size, which end at their first zero. */
function fixedTexts({ HEAPU8: heap }: H5Module, memory: number, { total_size: count, size }: Metadata): string[] {
  const decoder = new TextDecoder();
  return Array.from({ length: count }, (_, i) => {
    const bytes = heap.slice(memory + i * size, memory + (i + 1) * size);
    const end = bytes.indexOf(0);
    return decoder.decode(end < 0 ? bytes : bytes.subarray(0, end));
  });
}
