import { createHash } from "node:crypto";
import { rename } from "node:fs/promises";
import { join } from "node:path";
import { InputRangeError } from "../errors.ts";
import { cacheFolder } from "../node/cache-folder.ts";
import { downloadFile } from "../node/download.ts";
import { ensureFolder, pathExists } from "../node/files.ts";
import type { DataAddress } from "./job.ts";

/** Largest file that is downloaded, in bytes. */
const MOST_BYTES = 2 ** 31 - 1;

/** True for data that is given by an address, rather than by a name or a path. */
export function isAddress(data: string): boolean {
  return /^https?:\/\//i.test(data);
}

/**
 * The file at an address, downloaded once for this user and this content.
 *
 * @param address its `sha256` is missing the first time: then the file's own is taken
 * @returns the path of the file, whose name ends as the address does, and its SHA-256
 * @throws InputRangeError if the address holds other bytes than the SHA-256 says
 * @throws DownloadError if it cannot be downloaded
 */
export async function fetchData(
  who: string,
  { url, sha256 }: { readonly url: string; readonly sha256?: string | undefined },
  { signal, folder = join(cacheFolder(), "data") }: { signal?: AbortSignal | undefined; folder?: string } = {},
): Promise<{ readonly path: string } & DataAddress> {
  const name = nameOf(who, url);
  if (sha256 !== undefined) {
    const path = join(folder, sha256, name);
    if (await pathExists(path)) return { path, url, sha256 };
  }
  const arriving = join(folder, `arriving-${createHash("sha256").update(url).digest("hex").slice(0, 16)}`);
  await ensureFolder(arriving);
  let found = "";
  let others: InputRangeError | undefined;
  const check = (bytes: Uint8Array): void => {
    found = createHash("sha256").update(bytes).digest("hex");
    if (sha256 === undefined || found === sha256) return;
    others = new InputRangeError(
      who,
      `data with the SHA-256 ${sha256} at ${shownAddress(url)}`,
      found,
      "contradiction",
    );
    throw others;
  };
  const file = join(arriving, name);
  try {
    await downloadFile({ urls: [url], path: file, maxBytes: MOST_BYTES, check, signal });
  } catch (error) {
    throw others ?? error;
  }
  const path = join(folder, found, name);
  await ensureFolder(join(folder, found));
  await rename(file, path);
  return { path, url, sha256: found };
}

/** Name of the file at an address. */
function nameOf(who: string, url: string): string {
  const name = URL.canParse(url) ? decodeURIComponent(new URL(url).pathname.split("/").at(-1) ?? "") : "";
  if (/^[A-Za-z0-9][\w.-]{0,200}$/.test(name)) return name;
  throw new InputRangeError(
    who,
    "an address that ends in a file's name, such as https://host/digits.npz",
    shownAddress(url),
  );
}

/** An address without a password that it may hold. */
function shownAddress(url: string): string {
  if (!URL.canParse(url)) return JSON.stringify(url.slice(0, 100));
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}
