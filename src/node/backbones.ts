/**
 * Networks with public weights, and their download into the cache.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { join } from "node:path";
import { InputRangeError } from "../errors.ts";
import { cacheFolder, type Environment } from "./cache-folder.ts";
import { type DownloadLimits, downloadFile } from "./download.ts";
import { ensureFolder, pathExists } from "./files.ts";

/** A network whose weights are public. */
export interface PublicBackbone {
  readonly name: string;
  /** Its file's name, in the cache too. */
  readonly file: string;
  readonly bytes: number;
  /** Height, width and channels of its pictures. */
  readonly shape: readonly [height: number, width: number, channels: number];
  /** The scaling of pixels, as `--input` has it. */
  readonly input: string;
  readonly licence: string;
  readonly sha256: string;
  /** Addresses, the first one first. */
  readonly urls: readonly string[];
}

/** The two places of the ONNX Model Zoo: its archive, and the repository that it was in. */
const ZOO = [
  "https://huggingface.co/onnxmodelzoo/legacy_models/resolve/main/validated/vision/classification/",
  "https://media.githubusercontent.com/media/onnx/models/main/validated/vision/classification/",
];

/** A network of the ONNX Model Zoo, all of which learned from ImageNet's million photographs of 1,000 classes. */
function zoo(name: string, path: string, bytes: number, sha256: string): PublicBackbone {
  return {
    name,
    file: path.slice(path.lastIndexOf("/") + 1),
    bytes,
    shape: [224, 224, 3],
    input: "imagenet",
    licence: "Apache-2.0",
    sha256,
    urls: ZOO.map((place) => place + path),
  };
}

/**
 * The networks, smallest first. Sizes and SHA-256 are those of the zoo's `ONNX_HUB_MANIFEST.json`.
 */
export const PUBLIC_BACKBONES: readonly PublicBackbone[] = [
  zoo(
    "shufflenet-v2",
    "shufflenet/model/shufflenet-v2-12.onnx",
    9_218_556,
    "ea69821b4dd374ae2f33f9710dd1229ac263d0ee5b5a46ca3521f6483e1ba035",
  ),
  zoo(
    "mobilenet-v2",
    "mobilenet/model/mobilenetv2-12.onnx",
    13_964_571,
    "c0c3f76d93fa3fd6580652a45618618a220fced18babf65774ed169de0432ad5",
  ),
  zoo(
    "resnet18",
    "resnet/model/resnet18-v1-7.onnx",
    46_820_737,
    "4e8f8653e7a2222b3904cc3fe8e304cd8b339ce1d05fd24688162f86fb6df52c",
  ),
  zoo(
    "resnet50",
    "resnet/model/resnet50-v1-12.onnx",
    102_576_593,
    "3f03fdef724b22947eed826f1eef1dc5c34151bb4c37d634f1db89dfa2dd1526",
  ),
];

/** The path of a network's file in the cache, whether it is there or not. */
export function backbonePath({ file }: Pick<PublicBackbone, "file">, env: Environment = process.env): string {
  return join(cacheFolder(env), "backbones", file);
}

/** Options of {@link fetchBackbone}. */
export interface FetchBackboneOptions extends DownloadLimits {
  /** Path of the file. Default: in the cache folder. */
  readonly path?: string | undefined;
  /** Called as bytes arrive. */
  readonly onProgress?: ((received: number, total: number) => void) | undefined;
}

/**
 * Downloads a network's file unless it is there, and gives its path. A download that broke off goes on; the file is in place only when it
 * is whole and its SHA-256 is right.
 *
 * @throws DownloadError if no address gave it; FileError if it cannot be written; the signal's reason if that aborts
 */
export async function fetchBackbone(
  backbone: PublicBackbone,
  { path = backbonePath(backbone), onProgress, ...limits }: FetchBackboneOptions = {},
): Promise<{ readonly path: string; readonly isNew: boolean }> {
  if (await pathExists(path)) return { path, isNew: false };
  await ensureFolder(join(path, ".."));
  await downloadFile({
    ...limits,
    urls: backbone.urls,
    path,
    maxBytes: backbone.bytes,
    onProgress: (received) => onProgress?.(received, backbone.bytes),
    check(bytes) {
      const hash = createHash("sha256").update(bytes).digest("hex");
      if (hash === backbone.sha256) return;
      throw new InputRangeError(backbone.file, `content with SHA-256 ${backbone.sha256}`, hash, "damaged-file");
    },
  });
  return { path, isNew: true };
}
