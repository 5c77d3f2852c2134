import { HostError } from "../errors.ts";

/** True if the host can hash: browsers do in pages that came by https, or from this machine. */
export function canHash(): boolean {
  return globalThis.crypto?.subtle !== undefined;
}

/**
 * SHA-256 of pieces of memory, one after the other, in hexadecimal.
 *
 * @throws HostError where the browser does not hash: in pages that came neither by https nor from this machine
 */
export async function sha256(pieces: readonly Uint8Array[]): Promise<string> {
  const { subtle } = globalThis.crypto ?? {};
  if (subtle === undefined) {
    throw new HostError(
      "sha256",
      "expected a secure context (https, or a page from this machine): in others browsers do not hash",
      "not-in-page",
    );
  }
  const all = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  const digest = new Uint8Array(await subtle.digest("SHA-256", all));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
