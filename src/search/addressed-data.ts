import { createHash, randomUUID } from "node:crypto";
import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { InputRangeError, shown } from "../errors.ts";
import { cacheFolder } from "../node/cache-folder.ts";
import { downloadFile } from "../node/download.ts";
import { ensureFolder, pathExists } from "../node/files.ts";

/** Largest file that is downloaded, in bytes. */
const MOST_BYTES = 2 ** 31 - 1;

/** Mark between an address and the digest of the file there. */
const DIGEST = "#sha256=";

/** True for data that is given by an address, rather than by a name or a path. */
export function isAddress(data: string): boolean {
  return /^https?:\/\//i.test(data);
}

/** True for data that is a path of this machine, and neither a name nor an address. */
export function isPath(data: string): boolean {
  return data !== "mnist" && data !== "digits" && !isAddress(data);
}

/**
 * Data as this machine has it: a file at an address is downloaded, once for this user and this content; a path or a name stays.
 *
 * @param data a name, a path, or an address, which may end in `#sha256=` and the digest of the file
 * @throws InputRangeError if the address holds other bytes than its digest says; DownloadError if it cannot be downloaded
 */
export async function localData<Data extends string | undefined>(who: string, data: Data): Promise<Data | string> {
  return data === undefined || !isAddress(data) ? data : (await fetchData(who, data)).path;
}

/** An address with the digest of its file, which is downloaded for that; a path or a name stays. */
export async function withDigest(who: string, data: string, signal?: AbortSignal): Promise<string> {
  if (!isAddress(data)) return data;
  const { sha256 } = await fetchData(who, data, { signal });
  return `${data.split(DIGEST)[0]}${DIGEST}${sha256}`;
}

/**
 * The file at an address.
 *
 * @returns the path of the file, whose name ends as the address does, and its SHA-256
 */
export async function fetchData(
  who: string,
  address: string,
  { signal, folder = join(cacheFolder(), "data") }: { signal?: AbortSignal | undefined; folder?: string } = {},
): Promise<{ readonly path: string; readonly sha256: string }> {
  const [url, sha256] = address.split(DIGEST);
  const name = nameOf(who, url);
  if (sha256 !== undefined) {
    if (!/^[0-9a-f]{64}$/.test(sha256))
      throw new InputRangeError(who, `64 hexadecimal digits after ${DIGEST}`, shown(sha256));
    const path = join(folder, sha256, name);
    if (await pathExists(path)) return { path, sha256 };
  }
  // Several processes may download the same.
  const arriving = join(folder, `arriving-${process.pid}-${randomUUID()}`);
  await ensureFolder(arriving);
  let found = "";
  let other: InputRangeError | undefined;
  const check = (bytes: Uint8Array): void => {
    found = createHash("sha256").update(bytes).digest("hex");
    if (sha256 === undefined || found === sha256) return;
    other = new InputRangeError(who, `a file with SHA-256 ${sha256} at ${shownAddress(url)}`, found, "contradiction");
    throw other;
  };
  try {
    await downloadFile({ urls: [url], path: join(arriving, name), maxBytes: MOST_BYTES, check, signal });
    const path = join(folder, found, name);
    await ensureFolder(join(folder, found));
    await rename(join(arriving, name), path);
    return { path, sha256: found };
  } catch (error) {
    throw other ?? error;
  } finally {
    await rm(arriving, { recursive: true, force: true });
  }
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
