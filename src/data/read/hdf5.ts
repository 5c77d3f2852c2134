/**
 * The arrays in HDF5 files.
 *
 * @module
 */

import type { Dataset, Group } from "h5wasm";
import { InputRangeError } from "../../errors.ts";
import { allowedBytes } from "../expansion.ts";
import { checkSize, type DataFile } from "./data-file.ts";
import { hdf5Array, type Reopen } from "./hdf5-array.ts";
import { guarded, isDataset, isGroup, withHdf5File } from "./hdf5-file.ts";
import type { H5Module } from "./hdf5-instance.ts";
import type { ArrayFile } from "./number-array.ts";
import { RangedBytes } from "./ranged-bytes.ts";
import { READ_SETTINGS, type ReadSettings } from "./settings.ts";
import { MB } from "./streamed-parts.ts";

const MAX_DEPTH = 4;
const MAX_ARRAYS = 1000;

/** Names in groups that are looked at: links may lead from every group to all others. */
const MAX_NAMES = 10_000;

/**
 * Calls `work` with the arrays in an HDF5 file, named by their paths such as `train/images`.
 *
 * Where data is to be streamed, and the file is larger than what may be in memory, it stays where it is: the library reads parts of it.
 *
 * Each array may be as large as `maxExpansion` lets the file grow.
 *
 * @throws RangeError if it is not a whole HDF5 file
 */
export async function withHdf5<T>(
  file: DataFile,
  { maxExpansion, streaming, memoryLimit = READ_SETTINGS.memoryLimit.default }: ReadSettings,
  work: (arrays: readonly ArrayFile[]) => Promise<T>,
): Promise<T> {
  const who = `readHdf5 ${JSON.stringify(file.name)}`;
  const allowed = allowedBytes(await file.packed(), maxExpansion);
  const size = await file.size();
  const { rangeNow } = file;
  const ranged = () => rangeNow && new RangedBytes(rangeNow, size);
  const stays = streaming === true || (streaming === "auto" && size > memoryLimit * MB);
  const content = stays ? ranged() : undefined;
  if (content === undefined) checkSize(file.name, size);
  const reopen: Reopen = (again) => withHdf5File(who, ranged() ?? new Uint8Array(0), again);
  return withHdf5File(who, content ?? (await file.bytes()), (open) => {
    const { module, root } = open;
    const found = guarded(who, () => findDatasets(who, module, root));
    const canReopen = rangeNow === undefined ? undefined : reopen;
    return work(found.map((dataset) => hdf5Array(who, open, dataset, allowed, canReopen)));
  });
}

/** The arrays in a file's groups. Each group is looked into once: hard and soft links may lead in circles. */
function findDatasets(who: string, module: H5Module, root: Group): Dataset[] {
  const found: Dataset[] = [];
  const seen = new Set<string>();
  let names = 0;
  const visit = (group: Group, depth: number) => {
    const address = module.create_object_reference(group.file_id, group.path).join();
    if (seen.has(address)) return;
    seen.add(address);
    for (const key of group.keys()) {
      names += 1;
      if (names > MAX_NAMES)
        throw new InputRangeError(who, `at most ${MAX_NAMES} names in groups`, "more", "too-large");
      const entity = group.get(key);
      if (entity === null) continue;
      if (isDataset(entity)) found.push(entity);
      else if (isGroup(entity) && depth < MAX_DEPTH) visit(entity, depth + 1);
      if (found.length >= MAX_ARRAYS) return;
    }
  };
  visit(root, 0);
  return found;
}
