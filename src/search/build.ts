import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";

/** An installation; two that are equal train to the same bits. */
export interface Build {
  /** Version of convasm. */
  readonly version: string;
  /** The first digits of a SHA-256 of all kernels. */
  readonly kernels: string;
}

const FOLDER = new URL("../../build/", import.meta.url);

let known: Promise<string> | undefined;

/** The build that this process runs. */
export async function thisBuild(version: string): Promise<Build> {
  known ??= kernelDigest();
  return { version, kernels: await known };
}

async function kernelDigest(): Promise<string> {
  const hash = createHash("sha256");
  const names = (await readdir(FOLDER)).filter((name) => name.endsWith(".wasm")).sort();
  for (const name of names) hash.update(`${name}\n`).update(await readFile(new URL(name, FOLDER)));
  return hash.digest("hex").slice(0, 12);
}

/** A build for people. */
export function buildText({ version, kernels }: Build): string {
  return `convasm ${version} (kernels ${kernels})`;
}
