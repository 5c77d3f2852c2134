import { importModel, isInputError, loadModel, type Model } from "convasm";
import type { AddedBackbone, BackboneSettings } from "../protocol.ts";
import { THREADS } from "./eye.ts";

/** A network that was read; or what its file leaves open. */
export type ReadBackbone =
  | { readonly model: Model; readonly notes: readonly string[] }
  | Extract<AddedBackbone, { readonly missing: unknown }>;

/**
 * Reads a network of any format.
 *
 * @throws Error in words for people if it is none, has something that there is none of here, or takes no pictures
 */
export async function readBackbone(files: readonly File[], { scaling, size }: BackboneSettings): Promise<ReadBackbone> {
  const read = await readOrAsk(files, { scaling, size });
  if ("missing" in read) return read;
  const channels = read.model.architecture.input.shape[2];
  if (channels === 1 || channels === 3) return read;
  read.model.dispose();
  throw new Error(`takes images of ${channels} channels: a backbone for pictures takes 3, or 1 for grey ones`);
}

/** Reads a network; where its file leaves something open, it is the scaling that most files leave open, else the size. */
async function readOrAsk(files: readonly File[], settings: BackboneSettings): Promise<ReadBackbone> {
  try {
    return await readModel(files, settings);
  } catch (error) {
    if (!isMissing(error)) throw error;
    if (settings.scaling === undefined) return { missing: "scaling" };
    if (settings.size === undefined) return { missing: "size" };
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return isInputError(error) && error.code === "missing";
}

async function readModel(
  files: readonly File[],
  { scaling: input, size }: BackboneSettings,
): Promise<{ readonly model: Model; readonly notes: readonly string[] }> {
  const isOwn = files.length === 1 && files[0].name.endsWith(".safetensors");
  if (isOwn) return { model: await loadModel(files[0], { threads: THREADS, batchSize: 1 }), notes: [] };
  const { model, notes } = await importModel(files, {
    threads: THREADS,
    batchSize: 1,
    ...(input !== undefined && { input }),
    ...(size !== undefined && { shape: [size, size, 3] }),
  });
  // The import's other facts have names of their own for what is missing.
  return { model, notes };
}

/**
 * Fetches a network, and the files beside it that TensorFlow.js' `model.json` names.
 *
 * @throws Error in words for people if there is no answer
 */
export async function fetchBackbone(address: string): Promise<readonly File[]> {
  const url = new URL(address, self.location.href);
  const own = await fetched(url);
  if (!own.name.endsWith(".json")) return [own];
  const names = [...(await own.text()).matchAll(/"paths"\s*:\s*\[([^\]]*)\]/g)].flatMap(([, list]) =>
    [...list.matchAll(/"([^"]+)"/g)].map(([, name]) => name),
  );
  return [own, ...(await Promise.all(names.map((name) => fetched(new URL(name, url)))))];
}

async function fetched(url: URL): Promise<File> {
  const name = url.pathname.split("/").at(-1) || "network";
  const response = await fetch(url, { credentials: "omit", referrerPolicy: "no-referrer" }).catch(() => undefined);
  if (response === undefined) {
    throw new Error(
      "no answer: the address may be wrong, or its server or this page's policy may not allow it. Download the file and open it",
    );
  }
  if (!response.ok) throw new Error(`the server says ${response.status} ${response.statusText}`.trim());
  return new File([await response.blob()], name);
}
